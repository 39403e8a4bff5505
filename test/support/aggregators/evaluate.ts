import { promtool, type SeriesByName } from "../promtool.ts";

/** A value of an expression, by its labels as Prometheus writes them: `{route="/"}`. */
export type Vector = Readonly<Record<string, number>>;

/**
 * Returns the values of expressions over series of one minute each, in Prometheus' own engine, while it evaluates some
 * rules.
 *
 * @param minute The time of the evaluation.
 */
export async function evaluate(
  expressions: readonly string[],
  series: SeriesByName,
  rules: string,
  minute: number,
): Promise<Vector[]> {
  const file = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [...new Set(expressions)].map((expr) => ({
          expr,
          eval_time: `${minute}m`,
          exp_samples: [],
        })),
      },
    ],
  };
  // It says what it got, as nothing is expected.
  const said = await promtool(["test", "rules"], "test.yaml", JSON.stringify(file), {
    "rules.yaml": rules,
  }).catch((error: Error) => error.message);
  const answers = readAnswers(said);
  return expressions.map((expression) => answers.get(expression) ?? {});
}

/** Reads the report of promtool: each expression that has values, and these. */
function readAnswers(said: string): Map<string, Vector> {
  const answers = new Map<string, Vector>();
  for (const [, expr = "", rest = ""] of said.matchAll(
    /^ {4}expr: ("(?:[^"\\]|\\.)*"), time: \w+,([^]*?)(?=^ {4}expr: |^$|(?![^]))/gm,
  )) {
    const [, got] = /^ {8}got: (.*)$/m.exec(rest) ?? [];
    if (got === undefined) throw new Error(`promtool cannot evaluate ${expr}: ${rest}`);
    answers.set(JSON.parse(expr) as string, readVector(got));
  }
  return answers;
}

function readVector(text: string): Vector {
  return Object.fromEntries(
    [...text.matchAll(/(\{(?:\w+="(?:[^"\\]|\\.)*"(?:, )?)*\}) ([^,\s]+)/g)].map(([, labels = "", value]) => [
      labels,
      toNumber(value!),
    ]),
  );
}

/** Go writes infinity as `+Inf`. */
function toNumber(text: string): number {
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** From Debian's package `prometheus`; PROMTOOL_PATH names another one. */
const PROMTOOL = process.env["PROMTOOL_PATH"] ?? "promtool";

/** Series by their PromQL name; a value such as `0+2x60` is a sample a minute that grows by 2 for an hour. */
export type SeriesByName = Readonly<Record<string, string>>;

/** The expected state of an alert at a moment. */
export interface Expectation {
  readonly alert: string;
  readonly at: string;
  /** The alert's labels and annotations; none where it stays quiet. */
  readonly fires?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/**
 * It evaluates rules over hundreds of small stores: with Go's default it spends a fifth of its time on their garbage. Its
 * memory stays bounded.
 */
const COLLECT_LESS = { GOGC: "400", GOMEMLIMIT: "256MiB" };

/** Runs promtool in an empty folder with one file; rejects with what it says where it fails. */
export async function promtool(
  command: readonly string[],
  name: string,
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { failed, said } = await runPromtool(command, [name], { ...others, [name]: text });
  if (failed) throw failed;
  return said;
}

/** Runs promtool on several files in an empty folder that has others as well. */
async function runPromtool(
  command: readonly string[],
  names: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<{ readonly said: string; readonly failed?: Error }> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-promtool-"));
  try {
    for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
    return await new Promise((resolve) => {
      const env = { ...process.env, ...COLLECT_LESS };
      const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 };
      execFile(PROMTOOL, [...command, ...names], options, (error, stdout, stderr) => {
        const failed = error && { failed: new Error(`${error.message}\n${stdout}\n${stderr}`) };
        resolve({ said: stdout + stderr, ...failed });
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Series, and what is expected of expressions and alerts over them, as promtool reads it. */
export interface TestGroup {
  readonly name?: string;
  /** Between two samples. */
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test?: readonly object[];
  readonly alert_rule_test?: readonly object[];
}

/** A file of tests, as promtool reads it. Without `rules` it tests expressions only. */
export interface TestFile {
  readonly rules?: string;
  /** Between two evaluations. Default `1m`. */
  readonly interval?: string;
  readonly tests: readonly TestGroup[];
}

/** Runs many files of tests in one promtool; returns what it says about each: `SUCCESS`, or the differences. */
export async function runTestFiles(files: Readonly<Record<string, TestFile>>): Promise<Map<string, string>> {
  const names = Object.keys(files).map((_, index) => `test-${index}.yaml`);
  const texts = Object.values(files).flatMap(({ rules, interval = "1m", tests }, index) => {
    const test = {
      rule_files: rules === undefined ? [] : [`rules-${index}.yaml`],
      evaluation_interval: interval,
      tests,
    };
    return [
      [names[index]!, JSON.stringify(test)],
      ...(rules === undefined ? [] : [[`rules-${index}.yaml`, rules]]),
    ];
  });
  const { said } = await runPromtool(["test", "rules"], names, Object.fromEntries(texts));
  const parts = said.split(/^Unit Testing: +/m).slice(1);
  return new Map(Object.keys(files).map((name, index) => [name, parts[index] ?? said]));
}

/** Series, and what alerts should do over them. */
export interface AlertTest {
  readonly name: string;
  readonly series: SeriesByName;
  readonly expectations: readonly Expectation[];
}

/** Runs rules over series in Prometheus' own engine; rejects with the differences, each with its test's name. */
export function evaluateAlerts(rules: string, tests: readonly AlertTest[]): Promise<string> {
  const groups = tests.map(({ name, series, expectations }) => ({
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    alert_rule_test: expectations.map(({ alert, at, fires }) => ({
      eval_time: at,
      alertname: alert,
      exp_alerts: fires ? [{ exp_labels: fires.labels, exp_annotations: fires.annotations }] : [],
    })),
  }));
  const text = JSON.stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: groups });
  return promtool(["test", "rules"], "test.yaml", text, { "rules.yaml": rules });
}

/** A query of the board as Grafana sends it: of one job and all its instances, over the last windows. */
export function withVariables(
  expression: string,
  { job = "shop", range = "30m", interval = "1m" } = {},
): string {
  return expression
    .replaceAll("$job", job)
    .replaceAll("$instance", ".+")
    .replaceAll("$__rate_interval", interval)
    .replaceAll("$__range", range)
    .replaceAll(/\$\w+/g, ".*");
}

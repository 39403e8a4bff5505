import type { SeriesByName, TestFile, TestGroup } from "../promtool.ts";
import { afterRestart, type AlertCase, minutesOf, scenariosOf } from "./alertCase.ts";
import { descriptionIn, onlyRules, windowsOf } from "./ruleText.ts";

/**
 * Returns the tests of one alert over its own rules: it fires, it waits, it ends, and it stays quiet.
 *
 * @param answers Further checks, by scenario: promtool evaluates the rules once for both. Default none.
 */
export function testsOf(
  app: string,
  rules: string,
  tested: AlertCase,
  answers: Readonly<Record<string, readonly object[]>> = {},
): TestFile {
  const [alert = "", windows = ""] = tested.alert.split(" ");
  const own = onlyRules(
    rules,
    (name, rule) => (name === alert && windowsOf(rule) === windows) || tested.reads?.test(name) === true,
  );
  const { at, tooEarly, quiet, recovers, every = 1 } = tested;
  const { fires, ends, "fires after a restart": again } = scenariosOf(tested);
  const expected = alertOf(app, own, alert, tested);
  const groups = [
    group(
      "fires",
      fires!,
      [],
      [
        ...(tooEarly === undefined ? [] : [{ eval_time: tooEarly, alertname: alert, exp_alerts: [] }]),
        { eval_time: at, alertname: alert, exp_alerts: [expected] },
      ],
    ),
    group("ends", ends!, [isFiring(alert, at, true), isFiring(alert, recovers.by, false)]),
    ...Object.entries(quiet).map(([name, series]) => group(name, series, [neverFired(alert, series, every)])),
    ...(again === undefined ? [] : groupsOfRestart(alert, tested, again)),
  ];
  const unknown = Object.keys(answers).filter((name) => !groups.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`${tested.alert} has no such scenario: ${unknown.join(", ")}`);
  return {
    rules: own,
    interval: tested.interval ?? "1m",
    tests: groups.map((each) => ({
      ...each,
      interval: `${every}m`,
      promql_expr_test: [...each.promql_expr_test, ...(answers[each.name] ?? [])],
    })),
  };
}

type Group = TestGroup & Required<Pick<TestGroup, "name" | "promql_expr_test">>;

/** A restart in the middle makes neither a new alert nor an end of one. */
function groupsOfRestart(alert: string, tested: AlertCase, again: SeriesByName): Group[] {
  const { firing, at, quiet, interval, every = 1 } = tested;
  const repeated = Object.entries(quiet).filter(([name]) => !name.startsWith("at first"));
  const isLong = interval !== undefined;
  const firesAt = isLong ? at : `${minutesOf(firing) + 1 + Number.parseInt(at, 10)}m`;
  return [
    ...repeated.map(([name, series]) => {
      const restarted = afterRestart(tested, series);
      return group(`${name}, across a restart`, restarted, [neverFired(alert, restarted, every)]);
    }),
    group("fires after a restart", again, [isFiring(alert, firesAt, true)]),
  ];
}

function group(
  name: string,
  series: SeriesByName,
  promql: readonly object[],
  alerts: readonly object[] = [],
): Group {
  return {
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    promql_expr_test: promql,
    alert_rule_test: alerts,
  };
}

function isFiring(alert: string, at: string, expected: boolean): object {
  return {
    expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
    eval_time: at,
    exp_samples: expected ? [{ labels: "{}", value: 1 }] : [],
  };
}

function neverFired(alert: string, series: SeriesByName, every: number): object {
  const minutes = minutesOf(series) * every;
  return {
    expr: `count(count_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[${minutes + 1}m]))`,
    eval_time: `${minutes}m`,
    exp_samples: [],
  };
}

/** The alert as Prometheus has it while it fires. */
function alertOf(
  app: string,
  rules: string,
  alert: string,
  { severity, labels, summary, description }: AlertCase,
): object {
  const rule = rules.slice(rules.indexOf(`- alert: ${alert}\n`));
  const text = descriptionIn(rule).replace("{{ $value | humanize }}", "1.5k");
  if (!description.test(text)) throw new Error(`${alert} is described otherwise: ${text}`);
  return {
    exp_labels: { app, job: app, severity, ...labels },
    exp_annotations: { summary: `${app}, ${app}: ${summary}`, description: text },
  };
}

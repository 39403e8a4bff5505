import type { SeriesByName, TestFile } from "../promtool.ts";
import { type AlertCase, followed, minutesOf, restarted, restartedLate } from "./alertCase.ts";
import { descriptionIn, onlyRules, windowsOf } from "./ruleText.ts";

/** Returns the tests of one alert over its own rules: it fires, it waits, it ends, and it stays quiet. */
export function testsOf(app: string, rules: string, tested: AlertCase): TestFile {
  const [alert = "", windows = ""] = tested.alert.split(" ");
  const own = onlyRules(
    rules,
    (name, rule) => (name === alert && windowsOf(rule) === windows) || tested.reads?.test(name) === true,
  );
  const { firing, at, tooEarly, quiet, recovers, isState = false, every = 1 } = tested;
  const fires = alertOf(app, own, alert, tested);
  return {
    rules: own,
    interval: tested.interval ?? "1m",
    tests: [
      test(
        "fires",
        firing,
        [],
        [
          ...(tooEarly === undefined ? [] : [{ eval_time: tooEarly, alertname: alert, exp_alerts: [] }]),
          { eval_time: at, alertname: alert, exp_alerts: [fires] },
        ],
      ),
      test("ends", followed(tested), [isFiring(alert, at, true), isFiring(alert, recovers.by, false)]),
      ...Object.entries(quiet).map(([name, series]) =>
        test(name, series, [neverFired(alert, series, every)]),
      ),
      ...(isState ? [] : testsOfRestart(alert, tested)),
    ].map((one) => ({ ...one, interval: `${every}m` })),
  };
}

/** A restart in the middle makes neither a new alert nor an end of one. */
function testsOfRestart(alert: string, { firing, at, quiet, interval, every = 1 }: AlertCase): object[] {
  const isLong = interval !== undefined;
  const restart = isLong ? restartedLate : restarted;
  const repeated = Object.entries(quiet).filter(([name]) => !name.startsWith("at first"));
  const again = isLong ? at : `${minutesOf(firing) + 1 + Number.parseInt(at, 10)}m`;
  return [
    ...repeated.map(([name, series]) =>
      test(`${name}, across a restart`, restart(series), [neverFired(alert, restart(series), every)]),
    ),
    test("fires after a restart", restart(firing), [isFiring(alert, again, true)]),
  ];
}

function test(
  name: string,
  series: SeriesByName,
  promql: readonly object[],
  alerts: readonly object[] = [],
): object {
  return {
    name,
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

import type { Catalog } from "@rumkit/protocol";
import type { Alert } from "@rumkit/server/internal/testing";
import type { SeriesByName, TestFile } from "../promtool.ts";
import { type AlertCase, followed, minutesOf, restarted, restartedLate } from "./alertCase.ts";
import { runEngine } from "./engineRun.ts";
import type { RandomCase } from "./randomCases.ts";
import { onlyRules, windowsOf } from "./ruleText.ts";

/** The answers of the engine about one alert, for promtool to check minute by minute. */
export interface Compared {
  readonly file: TestFile;
  /** Number of evaluations that are compared. */
  readonly evaluations: number;
  /** Number of times that an alert began, fired or ended. */
  readonly transitions: number;
}

interface Subject {
  readonly catalog: Catalog;
  readonly rules: string;
  readonly tested: AlertCase;
}

/** Compares one alert of a table over all of its series. */
export function compareCase({ catalog, rules, tested }: Subject): Compared {
  const [alert = "", windows = ""] = tested.alert.split(" ");
  const own = onlyRules(
    rules,
    (name, rule) => (name === alert && windowsOf(rule) === windows) || tested.reads?.test(name) === true,
  );
  const { every = 1, interval = "1m" } = tested;
  const minutes = { "1m": 1, "5m": 5, "15m": 15, "1h": 60 }[interval];
  const isLong = tested.interval !== undefined;
  const again = isLong ? restartedLate : restarted;
  const scenarios: Record<string, SeriesByName> = {
    firing: tested.firing,
    ends: followed(tested),
    ...tested.quiet,
    ...(tested.isState ? {} : { "fires after a restart": again(tested.firing) }),
  };
  return compareRuns(
    Object.entries(scenarios).map(([name, series]) => ({
      name,
      catalog,
      series,
      alert,
      windows,
      every,
      interval: minutes,
    })),
    { rules: own, interval },
  );
}

interface ComparedRun {
  readonly name: string;
  readonly catalog: Catalog;
  readonly series: SeriesByName;
  readonly alert: string;
  /** The windows of a burn rate, such as `1h/5m`; none for other alerts. */
  readonly windows?: string;
  readonly every: number;
  readonly interval: number;
}

/** Lets promtool check the answers of the engine to each run: which alerts are pending or firing at every evaluation. */
function compareRuns(runs: readonly ComparedRun[], file: Pick<TestFile, "rules" | "interval">): Compared {
  let evaluations = 0;
  let transitions = 0;
  const tests = runs.map(({ name, catalog, series, alert, windows = "", every, interval }) => {
    const until = minutesOf(series) * every;
    let before = "";
    const checks = [...runEngine({ catalog, series, every, interval, until })].map(([minute, alerts]) => {
      const samples = alerts
        .filter((each) => isMeant(each, alert, windows))
        .map((each) => sampleOf(each, series));
      const now = JSON.stringify(samples);
      if (now !== before && !(before === "" && samples.length === 0)) transitions += 1;
      before = now;
      evaluations += 1;
      return { expr: `ALERTS{alertname="${alert}"}`, eval_time: `${minute}m`, exp_samples: samples };
    });
    return {
      name,
      interval: `${every}m`,
      input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
      promql_expr_test: checks,
    };
  });
  return { file: { ...file, tests }, evaluations, transitions };
}

/** Compares several alerts at once over one set of series, minute by minute. */
export function compareRandom({ catalog, rules, series, alerts }: RandomCase): Compared {
  const until = minutesOf(series);
  const own = onlyRules(rules, (name) => alerts.includes(name) || name.includes(":"));
  let transitions = 0;
  let before = "[]";
  const checks = [...runEngine({ catalog, series, every: 1, interval: 1, until })].map(([minute, all]) => {
    const samples = all.filter(({ name }) => alerts.includes(name)).map((each) => sampleOf(each, series));
    const now = JSON.stringify(samples);
    if (now !== before) transitions += 1;
    before = now;
    return {
      expr: `ALERTS{alertname=~"${alerts.join("|")}"}`,
      eval_time: `${minute}m`,
      exp_samples: samples,
    };
  });
  const test = {
    interval: "1m",
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    promql_expr_test: checks,
  };
  return { file: { rules: own, tests: [test] }, evaluations: checks.length * alerts.length, transitions };
}

function isMeant({ name, labels }: Alert, alert: string, windows: string): boolean {
  const own = labels["long"] === undefined ? "" : `${labels["long"]}/${labels["short"]}`;
  return name === alert && own === windows;
}

/** An alert as Prometheus has it, with the labels of its target. */
function sampleOf({ name, labels, state }: Alert, series: SeriesByName): object {
  const [first = ""] = Object.keys(series);
  const target = (label: string): string => new RegExp(`${label}="([^"]+)"`).exec(first)![1]!;
  const isOfProcess = /CollectorNotReady|Journal|ReceiverFailing|PushBehind|PushSpool/.test(name);
  const all: Record<string, string> = {
    ...labels,
    alertname: name,
    alertstate: state === "pending" ? "pending" : "firing",
    job: target("job"),
    ...(isOfProcess && { instance: target("instance") }),
  };
  const text = Object.entries(all).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return { labels: `ALERTS{${text.join(",")}}`, value: 1 };
}

import type { Catalog } from "@rumkit/protocol";
import type { Alert } from "@rumkit/server/internal/testing";
import type { SeriesByName, TestFile } from "../promtool.ts";
import { type AlertCase, minutesOf, scenariosOf } from "./alertCase.ts";
import { runEngine } from "./engineRun.ts";
import type { RandomCase } from "./randomCases.ts";
import { rulesReadBy } from "./ruleText.ts";

/** The answers of the engine about one alert, for promtool to check minute by minute. */
export interface Compared {
  /** By scenario: which alerts are pending or firing at every evaluation. */
  readonly answers: Readonly<Record<string, readonly object[]>>;
  /** Number of times that an alert began, fired or ended. */
  readonly transitions: number;
}

/** Evaluates one alert of a table over all of its series. */
export function answersOf(catalog: Catalog, tested: AlertCase): Compared {
  const [alert = "", windows = ""] = tested.alert.split(" ");
  const { every = 1, interval = "1m" } = tested;
  const minutes = { "1m": 1, "5m": 5, "15m": 15, "1h": 60 }[interval];
  let transitions = 0;
  const answers = Object.entries(scenariosOf(tested)).map(([name, series]) => {
    let before = "";
    const run = { catalog, series, every, interval: minutes, until: minutesOf(series) * every };
    const checks = [...runEngine(run)].map(([minute, alerts]) => {
      const samples = alerts
        .filter((each) => isMeant(each, alert, windows))
        .map((each) => sampleOf(each, series));
      const now = JSON.stringify(samples);
      if (now !== before && !(before === "" && samples.length === 0)) transitions += 1;
      before = now;
      return { expr: `ALERTS{alertname="${alert}"}`, eval_time: `${minute}m`, exp_samples: samples };
    });
    return [name, checks];
  });
  return { answers: Object.fromEntries(answers) as Compared["answers"], transitions };
}

/** Random rules over random series, for promtool to check. */
export interface ComparedRandom {
  readonly file: TestFile;
  /** Number of times that an alert began, fired or ended. */
  readonly transitions: number;
}

/** Compares several alerts at once over one set of series, minute by minute. */
export function compareRandom({ catalog, rules, series, alerts }: RandomCase): ComparedRandom {
  const until = minutesOf(series);
  const own = rulesReadBy(rules, alerts);
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
  return { file: { rules: own, tests: [test] }, transitions };
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

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import {
  BURN_WINDOWS,
  COLLECTOR_ALERTS,
  describeMetrics,
  hasFastWindow,
  secondsOf,
  thresholdOf,
  windowsOf,
} from "@rumkit/server/internal/metrics";
import { describe, expect, test } from "vitest";
import { alerting, catalogs as shared, fullest, smallest } from "../../../../test/support/catalogs.ts";
import { DEFAULT_SETTINGS } from "../base/generateSettings.ts";
import type { Alert } from "./alertRule.ts";
import { describeRules, renderRules } from "./rules.ts";

const catalogs = [...shared, ["a catalog with alerts", alerting] as const];

const rulesOf = (catalog: Catalog, settings = {}) =>
  describeRules(describeMetrics(catalog), { ...catalog, settings: { ...DEFAULT_SETTINGS, ...settings } });
const alertsOf = (catalog: Catalog, settings = {}): Alert[] =>
  rulesOf(catalog, settings).groups.flatMap(({ alerts }) => alerts);
const ofObjective = (objective: NonNullable<Catalog["objectives"]>[string]): Alert[] =>
  alertsOf({ ...smallest, objectives: { promise: objective } }).filter(({ labels }) => labels["objective"]);
const namesOf = (alerts: readonly Alert[]): string[] =>
  alerts.map(({ name, labels }) => [name, labels["long"]].filter(Boolean).join(" "));

describe("burn rates", () => {
  test("burn as fast as Sloth's for the same objective of 99.9 %, over the same windows", () => {
    // The generated example of Sloth (slok/sloth, examples/_gen/getting-started.yml), severity page and ticket.
    const budget = 0.0009999999999999432;
    const golden: Readonly<Record<string, number>> = {
      "1h/5m critical": 14.4 * budget,
      "6h/30m critical": 6 * budget,
      "1d/2h warning": 3 * budget,
      "3d/6h warning": 1 * budget,
    };
    const burning = ofObjective({ http: { errorsBelow: 0.001 } }).filter(({ name }) => name.endsWith("Burn"));
    expect(burning.map(({ labels: { long, short, severity } }) => `${long}/${short} ${severity}`)).toEqual(
      Object.keys(golden),
    );
    for (const { labels, condition } of burning) {
      const { long, short, severity } = labels;
      const limit = golden[`${long}/${short} ${severity}`]!;
      const errors = (window: string) => `job:blog_slo_promise_errors:ratio_rate${window}{job="blog"}`;
      const [first, second] = condition.text.split("\nand\n");
      expect(first).toBe(`${errors(long!)} > ${condition.comparison!.threshold}`);
      expect(second).toBe(`${errors(short!)} > ${condition.comparison!.threshold}`);
      expect(Math.abs(condition.comparison!.threshold - limit)).toBeLessThan(1e-15);
    }
  });

  test("are of the part of the budget that Google's workbook names: 2 %, 5 %, 10 % and 10 %", () => {
    const parts = BURN_WINDOWS.map(({ long, factor }) => (factor * secondsOf(long as "1h")) / (30 * 86_400));
    expect(parts.map((part) => Math.round(part * 1e6) / 1e6)).toEqual([0.02, 0.05, 0.1, 0.1]);
  });

  test("are left out where more than all events would need to be bad, and a plain threshold tells early", () => {
    expect(windowsOf(0.25).map(({ long }) => long)).toEqual(["1d", "3d"]);
    expect(windowsOf(0.5).map(({ long }) => long)).toEqual(["3d"]);
    expect([0.05, 0.069, 0.07, 0.25].map(hasFastWindow)).toEqual([true, true, false, false]);
    for (const budget of [0.0001, 0.01, 0.07, 0.25, 0.5, 0.99])
      for (const window of windowsOf(budget)) expect(thresholdOf(window, budget)).toBeLessThan(1);
    expect(namesOf(ofObjective({ vital: "LCP", below: 2.5, ratio: 0.75 }))).toEqual([
      "BlogPromiseMissed",
      "BlogPromiseBudgetBurn 1d",
      "BlogPromiseBudgetBurn 3d",
      "BlogPromiseBudgetSpent",
    ]);
    expect(namesOf(ofObjective({ vital: "LCP", below: 2.5, ratio: 0.99 }))).toEqual([
      "BlogPromiseBudgetBurn 1h",
      "BlogPromiseBudgetBurn 6h",
      "BlogPromiseBudgetBurn 1d",
      "BlogPromiseBudgetBurn 3d",
      "BlogPromiseBudgetSpent",
    ]);
  });

  test("need events: each alert of an objective asks for a number of them, and of bad ones", () => {
    for (const { name, condition } of ofObjective({ http: { errorsBelow: 0.001 } }))
      expect(condition.text.match(/>= (100|5)\b/g), name).toEqual([">= 100", ">= 5"]);
  });
});

describe.each(catalogs)("of %s", (_, catalog) => {
  const { recordings } = rulesOf(catalog);

  test("names of recordings, and of alerts with their labels, are unique", () => {
    expect(new Set(recordings.map(({ name }) => name)).size).toBe(recordings.length);
    const alerts = alertsOf(catalog).map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(alerts).size).toBe(alerts.length);
  });

  test("every alert has severity, texts and links, and its team where one is named", () => {
    const links = {
      runbookUrl: "https://docs.example/runbooks/",
      grafanaUrl: "https://grafana.example/",
      team: "web",
    };
    for (const { name, labels, annotations } of alertsOf(catalog, links)) {
      expect(labels, name).toMatchObject({
        app: catalog.app,
        severity: /^(critical|warning|info)$/.exec(labels["severity"]!)![0],
      });
      expect(labels["team"]).toMatch(/^(web|mail)$/);
      expect(annotations["runbook_url"]).toMatch(/^https:\/\/docs\.example\/runbooks\/[A-Z]\w+\.md$/);
      expect(annotations["dashboard_url"]).toMatch(
        /^https:\/\/grafana\.example\/d\/rumkit-[\w-]+\?var-job=\{\{ \$labels\.job \| urlquery \}\}/,
      );
    }
    for (const { annotations } of alertsOf(catalog))
      expect(Object.keys(annotations)).toEqual(["summary", "description"]);
  });

  test("S0.38: no text of an alert names a shorter time than it waits for", () => {
    const words: Readonly<Record<string, number>> = { a: 1, two: 2, twenty: 20, five: 5, ten: 10 };
    for (const { name, wait, annotations } of alertsOf(catalog)) {
      const named = [...annotations["summary"]!.matchAll(/\bfor (\w+) (minute|second|hour)s?\b/g)];
      for (const [, number = "", unit] of named) {
        const count = words[number] ?? Number(number);
        const seconds = count * { second: 1, minute: 60, hour: 3600 }[unit as "minute"];
        expect(seconds, name).toBeGreaterThanOrEqual(secondsOf(wait as "1m"));
      }
      expect(annotations["summary"], name).not.toMatch(
        /\b(under|within|in less than) (a|\w+) (second|minute)/,
      );
    }
  });

  test("S2.11, S4.61: every ratio is of a part that is selected by a label that exists", () => {
    for (const { condition } of alertsOf(catalog)) {
      for (const [, part, all] of condition.text.matchAll(
        /(sum by \([^)]*\) \([^/]*?\)\)) \/ \((sum by \([^)]*\) \([^/]*?\)\)) > 0\)/g,
      ))
        expect(part).not.toBe(all);
      expect(condition.text).not.toMatch(/[{,]status_code=/);
    }
  });

  test("S4.58: nothing subtracts one counter from another to know how many there are", () => {
    const texts = [
      ...alertsOf(catalog).map(({ condition }) => condition.text),
      ...recordings.map(({ expression }) => expression.text),
    ];
    const differences = texts.filter((text) => / - sum/.test(text));
    // Bad page views are all but the good ones of one histogram, and money that was not spent is what was expected.
    for (const text of differences) expect(text).toMatch(/_count\{.*_bucket\{|revenue_total/s);
  });
});

test("the names that a catalog cannot have are those of the collector's alerts", () => {
  const own = rulesOf({
    ...smallest,
    conversions: { donation: { help: "D.", from: "server", value: { money: ["USD"] } } },
  }).groups.find(({ name }) => name === "blog_collector");
  expect(own!.alerts.map(({ name }) => name.replace(/^Blog/, ""))).toEqual(COLLECTOR_ALERTS);
});

test("every kind of alert has its page in docs/runbooks, and every page its alert", () => {
  const folder = join(import.meta.dirname, "../../../../docs/runbooks");
  const pages = readdirSync(folder).filter((name) => name !== "README.md");
  const linked = catalogs.flatMap(([, catalog]) =>
    alertsOf(catalog, { runbookUrl: "https://x.example" }).map(({ annotations }) =>
      annotations["runbook_url"]!.replace("https://x.example/", ""),
    ),
  );
  expect([...new Set(linked)].toSorted()).toEqual(pages.toSorted());
});

test("an alert with its own runbook links to it, whatever the folder of the others is", () => {
  const runbook = "https://wiki.example/checkout";
  const alerts = { errors: { when: { rate: "rum_js_errors_total", above: 1 }, runbook } };
  const own = alertsOf({ ...smallest, alerts }).find(({ name }) => name === "BlogErrors");
  expect(own?.annotations["runbook_url"]).toBe(runbook);
});

test("series under names of older dashboards are recorded only if they are asked for", () => {
  const text = (settings = {}) =>
    renderRules(describeMetrics(smallest), { ...smallest, settings: { ...DEFAULT_SETTINGS, ...settings } });
  expect(text()).not.toContain("frontend_");
  expect(text({ aliases: true })).toContain("- name: blog_aliases\n");
});

test("a default alert is replaced by an entry of its name, and turned off by false", () => {
  const { conversions } = fullest;
  const names = (alerts: Catalog["alerts"] = {}) =>
    namesOf(alertsOf(defineCatalog({ ...smallest, conversions, alerts })));
  expect(names()).toEqual(expect.arrayContaining(["BlogConversionsMissing", "BlogConversionRateHalved"]));
  expect(names({ conversions_missing: false })).not.toContain("BlogConversionsMissing");
  const own = { when: { absent: "conversions_total", over: "6h" } } as const;
  const [replaced] = alertsOf({
    ...smallest,
    conversions,
    alerts: { conversions_missing: own },
  }).filter(({ name }) => name === "BlogConversionsMissing");
  expect(replaced?.condition.text).toContain("[6h]");
  expect(namesOf(alertsOf(smallest))).not.toContain("BlogConversionsMissing");
});

test("texts of a catalog that look like a template are shown as they are", () => {
  const alerts = {
    odd: { when: { rate: "app_errors_total", labels: { error_type: "{{ $labels.x }} $value" }, above: 1 } },
  };
  const odd = alertsOf({ ...smallest, alerts }).find(({ name }) => name === "BlogOdd")!;
  expect(odd.annotations["summary"]).toContain('error_type="{{ "{{" }} $labels.x }} $value"');
});

/** Every query of boards and rules, read by Prometheus' own grammar. */
import { parser } from "@prometheus-io/lezer-promql";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { dashboardExpressions, renderBusinessDashboard } from "./dashboard.ts";
import type { Panel } from "./grafanaTypes.ts";
import { renderRules } from "./rules.ts";
import { describeMetrics } from "@rumkit/server";

const smallest = defineCatalog({ app: "blog", routes: ["/"] });

/** Has something of everything that boards and rules speak of. */
const fullest = defineCatalog({
  app: "big_shop",
  routes: ["/", "/cart"],
  actions: {
    add_to_cart: { help: "Items.", labels: { category: ["books"] } },
    login: { help: "Logins.", from: "server", family: "user_logins_total" },
  },
  conversions: {
    checkout: { help: "Checkouts.", value: { money: ["USD", "EUR"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD", "EUR", "KWD"] }, experience: true },
  },
  measurements: {
    search_duration: { help: "Searches.", unit: "seconds", buckets: [0.1, 1] },
    payload: { help: "Payloads.", unit: "bytes", buckets: [100, 1000], from: "server" },
    coverage: { help: "Coverage.", unit: "ratio", buckets: [0.5, 1] },
  },
  jobs: { invoice: { help: "Invoices." } },
  features: { dark_mode: { help: "Dark visits." } },
  endpoints: ["/api/products"],
  funnels: { checkout: ["page_view:/", "page_view:/cart"] },
  objectives: {
    fast: { vital: "LCP", below: 2.5, ratio: 0.75 },
    steady: { vital: "CLS", below: 0.1, ratio: 0.75 },
    api: { http: { errorsBelow: 0.01 } },
  },
});
const catalogs: readonly (readonly [string, Catalog])[] = [
  ["the smallest catalog", smallest],
  ["a catalog with everything", fullest],
  ["OpenTelemetry's names", { ...fullest, http: { names: "opentelemetry" } }],
];

/** The vector selectors of an expression, as they are written. Throws for invalid PromQL. */
function selectorsOf(expression: string): string[] {
  const text = expression.replaceAll("$__rate_interval", "1m").replaceAll("$__range", "30m");
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) throw new Error(`No PromQL at ${from}: ${text}`);
      if (name === "VectorSelector") found.push(text.slice(from, to));
    },
  });
  return found;
}

/** The expressions of rules, each whole. */
function ruleExpressions(rules: string): string[] {
  const found = [...rules.matchAll(/^ +expr: (?:\|-\n((?: {10}.*(?:\n|$))+)|"(.*)"$|(.+)$)/gm)];
  return found.map(([, block, quoted, plain]) => block ?? quoted ?? plain ?? "");
}

const panelsOf = (catalog: Catalog, options = {}) =>
  renderBusinessDashboard(describeMetrics(catalog), { ...catalog, ...options }).panels.filter(
    (panel): panel is Panel => panel.type !== "row",
  );

describe.each(catalogs)("of %s", (_, catalog) => {
  const rules = (options = {}) => renderRules(describeMetrics(catalog), { ...catalog, ...options });

  it("every selector of every rule is of the app's job", () => {
    const expressions = ruleExpressions(rules());
    expect(expressions.length).toBe([...rules().matchAll(/expr:/g)].length);
    for (const expression of expressions) {
      const selectors = selectorsOf(expression);
      expect(selectors.length, expression).toBeGreaterThan(0);
      for (const selector of selectors) expect(selector).toContain(`{job="${catalog.app}"`);
    }
  });

  it("or of the jobs that were named, and of what else tells them apart", () => {
    const options = { scrapeJobs: ["prod/shop", "canary.shop"], selector: 'cluster="eu"' };
    for (const expression of ruleExpressions(rules(options))) {
      for (const selector of selectorsOf(expression)) {
        expect(selector).toMatch(
          /\{job(?:=~"prod\/shop\|canary\\\\\.shop"|="prod\/shop"|="canary\.shop")[,}]/,
        );
        // What is recorded keeps no label but the job.
        if (!/^job\w*:/.test(selector)) expect(selector).toContain('cluster="eu"');
      }
    }
  });

  it("every name of a rule and of a group begins with the app's, but those of older boards", () => {
    const camel = catalog.app === "blog" ? "Blog" : "BigShop";
    for (const [, alert] of rules().matchAll(/- alert: (\w+)/g))
      expect(alert).toMatch(new RegExp(`^${camel}[A-Z]`));
    for (const [, group] of rules().matchAll(/^ {2}- name: (\w+)/gm))
      expect(group).toMatch(new RegExp(`^${catalog.app}`));
    for (const [, record] of rules().matchAll(/- record: "?([\w:]+)/g))
      expect(record).toMatch(new RegExp(`^(job\\w*:${catalog.app}_|frontend_)`));
  });

  it("every selector of every panel is of the jobs and instances that were chosen", () => {
    const board = renderBusinessDashboard(describeMetrics(catalog), { ...catalog, selector: 'cluster="eu"' });
    const expressions = dashboardExpressions(board);
    expect(expressions.length).toBeGreaterThan(20);
    for (const { expr } of expressions) {
      const selectors = selectorsOf(expr);
      expect(selectors.length, expr).toBeGreaterThan(0);
      for (const selector of selectors)
        expect(selector).toContain('{job=~"$job",instance=~"$instance",cluster="eu"');
    }
  });

  it("the board offers the jobs and instances of this app only, and one job at first", () => {
    const board = renderBusinessDashboard(describeMetrics(catalog), catalog);
    const { app } = catalog;
    expect(board["templating"]).toMatchObject({
      list: [
        { name: "datasource" },
        {
          name: "job",
          multi: true,
          includeAll: false,
          current: { value: [app] },
          query: { query: `label_values(app_info{app="${app}"}, job)` },
        },
        {
          name: "instance",
          multi: true,
          includeAll: true,
          query: { query: `label_values(app_info{app="${app}",job=~"$job"}, instance)` },
        },
      ],
    });
    expect(JSON.stringify(board["templating"])).not.toContain("allValue");
  });

  it("counts are by the minute, requests by the second, money has one currency", () => {
    for (const { title, targets, fieldConfig } of panelsOf(catalog)) {
      const { unit } = fieldConfig.defaults;
      for (const { expr } of targets) {
        const [metric = ""] = selectorsOf(expr);
        const isRate = /^(?:60 \* )?sum(?: by \([^)]*\))? \(?\(?rate\(|^(?:60 \* )?sum\(rate\(/.test(expr);
        const isRatio = expr.includes(" > 0)");
        const currency = /currency="(\w+)"/.exec(metric)?.[1];
        if (isRatio) expect(unit, title).toBe("percentunit");
        else if (/^(revenue|refunds)_total/.test(metric))
          expect([`currency${currency}`, `currency:${currency}`]).toContain(unit);
        else if (/^http_(requests_total|server_request)/.test(metric) && isRate) expect(unit).toBe("reqps");
        else if (isRate)
          expect({ title, unit, by: expr.slice(0, 5) }).toEqual({ title, unit: "cpm", by: "60 * " });
        else expect(["s", "bytes", "percentunit", "none"], title).toContain(unit);
        if (expr.startsWith("60 * ")) expect(title).toMatch(/per minute/);
      }
    }
  });

  it("one value is of now or of the whole range, and a graph of neither", () => {
    for (const { title, type, targets } of panelsOf(catalog)) {
      for (const { expr, instant, range } of targets) {
        expect({ title, instant, range }).toEqual({
          title,
          instant: type !== "timeseries",
          range: type === "timeseries",
        });
        expect(expr, title).not.toContain(instant ? "$__rate_interval" : "$__range");
      }
    }
  });

  it("conversions for each session, funnels and totals are over the range", () => {
    const shown = panelsOf(catalog).filter(({ title }) => /rate$|^Funnels|in total/.test(title));
    expect(shown.length).toBe(catalog.app === "blog" ? 0 : 6);
    for (const { targets } of shown)
      for (const { expr } of targets)
        for (const [window] of expr.matchAll(/\[[^\]]*\]/g)) expect(window).toBe("[$__range]");
  });
});

it("nothing reads what ended series had counted, which goes up when none of it happens", () => {
  const board = dashboardExpressions(renderBusinessDashboard(describeMetrics(fullest), fullest));
  const all = [
    ...board.map(({ expr }) => expr),
    ...ruleExpressions(renderRules(describeMetrics(fullest), fullest)),
  ];
  for (const text of all) expect(text).not.toContain("rum_series_ended");
});

it("no text of a catalog's helps is in boards or rules, whatever it holds", () => {
  const hostile = "{{ $value }} ${job} \"'` #\n- alert: x\n: | > & * ! % @ [[x]] <b> \u2028 \u0000.";
  const { actions, conversions, measurements, jobs, features } = fullest;
  const withHelp = <Spec extends object>(specs: Readonly<Record<string, Spec>>): Record<string, Spec> =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { ...spec, help: hostile }]));
  const catalog: Catalog = {
    ...fullest,
    actions: withHelp(actions),
    conversions: withHelp(conversions),
    measurements: withHelp(measurements),
    jobs: withHelp(jobs),
    features: withHelp(features),
  };
  const textOf = (of: Catalog): string =>
    renderRules(describeMetrics(of), of) + JSON.stringify(renderBusinessDashboard(describeMetrics(of), of));
  expect(textOf(catalog)).toBe(textOf(fullest));
});

it("vitals are never mixed over kinds of navigation", () => {
  const board = dashboardExpressions(renderBusinessDashboard(describeMetrics(fullest), fullest));
  const rules = ruleExpressions(renderRules(describeMetrics(fullest), fullest));
  const ofVitals = [...board.map(({ expr }) => expr), ...rules].filter((text) =>
    /\brum_(lcp|inp|cls|fcp|ttfb)_/.test(text),
  );
  expect(ofVitals.length).toBeGreaterThan(5);
  for (const text of ofVitals) expect(text).toMatch(/by \([^)]*navigation|navigation="hard"/);
});

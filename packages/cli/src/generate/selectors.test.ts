/** Every query of boards and rules, read by Prometheus' own grammar. */
import type { Catalog } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { catalogs, fullest } from "../../../../test/support/catalogs.ts";
import { selectorsOf } from "../../../../test/support/promqlSelectors.ts";
import { DEFAULT_LABELS, DEFAULT_SETTINGS } from "../base/generateSettings.ts";
import { isOneValue, type QueryPanel } from "../boards/board.ts";
import { type BoardOptions, describeBoards, panelsOf } from "../boards/describeBoards.ts";
import { renderRules } from "../rules/rules.ts";
import { renderV2 } from "../grafana/v2.ts";
import { grafanaUnit } from "../grafana/unit.ts";
import { describeMetrics } from "@rumkit/server";

/** The expressions of rules, each whole. */
function ruleExpressions(rules: string): string[] {
  const found = [...rules.matchAll(/^ +expr: (?:\|-\n((?: {10}.*(?:\n|$))+)|"(.*)"$|(.+)$)/gm)];
  return found.map(([, block, quoted, plain]) => block ?? quoted ?? plain ?? "");
}

const boardsOf = (catalog: Catalog, options: Partial<BoardOptions> = {}) =>
  describeBoards(describeMetrics(catalog), { ...catalog, ...options });

/** The panels of all boards that have queries. */
const queryPanelsOf = (catalog: Catalog, options: Partial<BoardOptions> = {}): QueryPanel[] =>
  boardsOf(catalog, options).flatMap((board) =>
    panelsOf(board).flatMap(({ panel }) => (panel.kind === "text" ? [] : panel)),
  );

const expressionsOf = (catalog: Catalog, options: Partial<BoardOptions> = {}): string[] =>
  queryPanelsOf(catalog, options).flatMap(({ queries }) => queries.map(({ expression }) => expression.text));

/** Series that rules record: their names have colons. */
const isRecorded = (selector: string): boolean => /^[\w:]*:/.test(selector);

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
    const expressions = expressionsOf(catalog, { selector: 'cluster="eu"' });
    expect(expressions.length).toBeGreaterThan(20);
    for (const text of expressions) {
      const selectors = selectorsOf(text);
      expect(selectors.length, text).toBeGreaterThan(0);
      for (const selector of selectors.filter((each) => !each.startsWith("ALERTS{") && !isRecorded(each)))
        expect(selector).toContain('{job=~"$job",instance=~"$instance",cluster="eu"');
    }
  });

  it("recorded series are those of the jobs that were chosen, and have no instance", () => {
    const recorded = expressionsOf(catalog, { selector: 'cluster="eu"' })
      .flatMap(selectorsOf)
      .filter(isRecorded);
    expect(recorded.length > 0).toBe(catalog.objectives !== undefined);
    for (const selector of recorded) {
      expect(selector).toContain(`:${catalog.app}_`);
      expect(selector).toMatch(/\{job=~"\$job"(?:,navigation="hard")?\}$/);
    }
  });

  it("alerts of boards are those of the app, under the jobs that were chosen", () => {
    const selectors = expressionsOf(catalog).flatMap(selectorsOf);
    const alerts = selectors.filter((selector) => selector.startsWith("ALERTS{"));
    expect(new Set(alerts)).toEqual(
      new Set([`ALERTS{job=~"$job",app="${catalog.app}",alertstate="firing"}`]),
    );
  });

  it("labels of targets have the names that the settings give, in boards and in rules", () => {
    const labels = {
      ...DEFAULT_LABELS,
      job: "service",
      instance: "pod",
      cluster: "region",
      app: "exported_app",
    };
    const settings = { ...DEFAULT_SETTINGS, labels };
    for (const text of expressionsOf(catalog, { settings }))
      for (const selector of selectorsOf(text).filter((each) => !isRecorded(each)))
        expect(selector).toMatch(
          /\{service=~"\$job",(?:pod=~"\$instance",region=~"\$cluster"|app="\w+",alertstate)/,
        );
    const text = rules({ settings });
    for (const expression of ruleExpressions(text)) {
      for (const selector of selectorsOf(expression)) expect(selector).toContain(`{service="${catalog.app}"`);
      expect(expression).not.toMatch(/\b(?:job|instance)\b(?!:)(?!_)/);
    }
    expect(text).not.toMatch(/\$labels\.(?:job|instance)\b/);
    for (const board of boardsOf(catalog, { settings }))
      expect(
        board.variables.flatMap((variable) => (variable.kind === "query" ? variable.query : [])),
      ).toContain(
        'label_values(app_info{exported_app="$app",region=~"$cluster",environment=~"$environment",release=~"$release",service=~"$job"}, pod)',
      );
  });

  it("the boards offer the jobs and instances of this app only, and one job at first", () => {
    const { app } = catalog;
    for (const { variables } of boardsOf(catalog)) {
      const info = 'app_info{app="$app",environment=~"$environment",release=~"$release"';
      expect(variables).toMatchObject([
        { kind: "datasource" },
        { kind: "constant", name: "app", value: app },
        { name: "environment", query: 'label_values(app_info{app="$app"}, environment)', all: "anything" },
        { name: "release", all: "anything" },
        { name: "job", query: `label_values(${info}}, job)`, all: [app] },
        { name: "instance", query: `label_values(${info},job=~"$job"}, instance)`, all: "listed" },
        ...variables.slice(6),
      ]);
    }
  });

  it("annotations are of the app and the jobs that were chosen", () => {
    for (const { annotations } of boardsOf(catalog)) {
      expect(annotations.map(({ name }) => name)).toEqual(["Releases", "Alerts"]);
      for (const selector of annotations.flatMap(({ expr }) => selectorsOf(expr)))
        expect(selector).toMatch(
          /^(?:app_info\{app="\$app",job=~"\$job",instance=~"\$instance"|ALERTS\{job=~"\$job",app="\$app")/,
        );
    }
  });

  it("every variable of an expression is one that the board has", () => {
    for (const { variables, annotations, sections } of boardsOf(catalog)) {
      const names = variables.map((variable) =>
        variable.kind === "datasource" ? "datasource" : variable.name,
      );
      const panels = panelsOf({ sections });
      const texts = [
        ...panels.flatMap(({ panel }) =>
          panel.kind === "text" ? [] : panel.queries.map(({ expression }) => expression.text),
        ),
        ...annotations.map(({ expr }) => expr),
        ...variables.flatMap((variable) => (variable.kind === "query" ? variable.query : [])),
      ];
      for (const text of texts)
        for (const [, name = ""] of text.matchAll(/\$(?!__)(\w+)/g)) expect(names, text).toContain(name);
      // And none is without a use.
      for (const name of names.slice(1)) expect(texts.join(), name).toContain(`$${name}`);
    }
  });

  it("counts are by the minute, requests by the second, money has one currency", () => {
    for (const { title, queries } of queryPanelsOf(catalog)) {
      for (const { expression } of queries) {
        const expr = expression.text.replace(/^(?:topk\(10, |sort\(|sort_desc\()(.*)\)$/s, "$1");
        const unit = grafanaUnit(expression);
        const [metric = ""] = selectorsOf(expr);
        const isRate = /^(?:60 \* )?sum(?: by \([^)]*\))? \(?\(?rate\(|^(?:60 \* )?sum\(rate\(/.test(expr);
        const isRatio = / \/ \(.* > 0\)/.test(expr);
        const currency = /currency="(\w+)"/.exec(expr)?.[1];
        if (title.startsWith("Burn rate") || expr.includes("process_cpu")) expect(unit).toBe("none");
        else if (title.startsWith("Estimated cost"))
          expect([`currency${currency}`, `currency:${currency}`]).toContain(unit);
        else if (isRatio) expect(unit, title).toBe("percentunit");
        else if (/^(revenue|refunds)_total/.test(metric))
          expect([`currency${currency}`, `currency:${currency}`]).toContain(unit);
        else if (/^http_(requests_total|server_request)/.test(metric) && isRate && !expr.startsWith("60 * "))
          expect(unit).toBe("reqps");
        else if (isRate)
          expect({ title, unit, by: expr.slice(0, 5) }).toEqual({ title, unit: "cpm", by: "60 * " });
        else expect(["s", "bytes", "percentunit", "none"], title).toContain(unit);
        if (expr.startsWith("60 * ")) expect(title).toMatch(/per minute/);
      }
    }
  });

  it("one value is of now or of the whole range, and a graph of neither", () => {
    for (const panel of queryPanelsOf(catalog)) {
      for (const { expression } of panel.queries)
        expect(expression.text, panel.title).not.toContain(
          isOneValue(panel) ? "$__rate_interval" : "$__range",
        );
    }
  });

  it("conversions for each session, funnels, totals and objectives are over the range", () => {
    const shown = queryPanelsOf(catalog).filter(({ title }) =>
      /rate$|^Funnels|in total|^Objective/.test(title),
    );
    expect(shown.length).toBe(catalog.app === "blog" ? 3 : 25);
    for (const { queries } of shown)
      for (const { expression } of queries)
        for (const [window] of expression.text.matchAll(/\[[^\]]*\]/g)) expect(window).toBe("[$__range]");
  });
});

it("nothing reads what ended series had counted, which goes up when none of it happens", () => {
  const all = [...expressionsOf(fullest), ...ruleExpressions(renderRules(describeMetrics(fullest), fullest))];
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
    renderRules(describeMetrics(of), of) + JSON.stringify(boardsOf(of).map((board) => renderV2(board)));
  expect(textOf(catalog)).toBe(textOf(fullest));
});

it("vitals are never mixed over kinds of navigation", () => {
  const rules = ruleExpressions(renderRules(describeMetrics(fullest), fullest));
  const ofVitals = [...expressionsOf(fullest), ...rules].filter((text) =>
    /\brum_(lcp|inp|cls|fcp|ttfb)_(?:seconds|score)/.test(text),
  );
  expect(ofVitals.length).toBeGreaterThan(5);
  for (const text of ofVitals) expect(text).toMatch(/by \([^)]*navigation|navigation="hard"/);
});

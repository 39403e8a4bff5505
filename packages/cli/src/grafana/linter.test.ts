/**
 * The rules of Grafana's dashboard linter (github.com/grafana/dashboard-linter, docs/rules), as checks of ours on every
 * classic board: the linter itself is a program in Go. What a rule leaves out has its reason.
 */
import { describeMetrics } from "@rumkit/server";
import { describe, expect, it } from "vitest";
import { catalogs } from "../../../../test/support/catalogs.ts";
import { partsOf } from "../../../../test/support/promqlSelectors.ts";
import { describeBoards } from "../boards/describeBoards.ts";
import { renderClassic } from "./classic.ts";

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly datasource?: { readonly uid: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}
interface Target {
  readonly expr: string;
  readonly datasource: { readonly uid: string };
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
}
interface Dashboard {
  readonly title: string;
  readonly editable: boolean;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly (Panel & { readonly panels?: readonly Panel[] })[];
}

/** A rule: the faults that it finds on a board, and what it leaves out. */
interface Rule {
  readonly faults: (board: Dashboard) => readonly string[];
  /** Exceptions of ours, each with the reason. */
  readonly exclusions?: readonly string[];
}

const panelsOf = ({ panels }: Dashboard): Panel[] =>
  panels.flatMap((panel) => (panel.type === "row" ? (panel.panels ?? []) : [panel]));
const withQueries = (board: Dashboard): Panel[] => panelsOf(board).filter(({ type }) => type !== "text");
const targetsOf = (board: Dashboard): { panel: Panel; expr: string }[] =>
  withQueries(board).flatMap((panel) => (panel.targets ?? []).map(({ expr }) => ({ panel, expr })));
const variable = ({ templating }: Dashboard, name: string): Variable | undefined =>
  templating.list.find((candidate) => candidate.name === name);
/** The faults of a list: each item for which the check does not hold. */
const failing = <Item>(
  items: readonly Item[],
  holds: (item: Item) => boolean,
  name: (item: Item) => string,
): string[] => items.filter((item) => !holds(item)).map(name);
const labelVariable = (board: Dashboard, name: string, label: string): string[] => {
  const found = variable(board, name);
  return found?.type === "query" &&
    found.label === label &&
    found.multi === true &&
    found.datasource?.uid === "${datasource}"
    ? []
    : [`${name}: ${JSON.stringify(found)}`];
};
const selecting = (board: Dashboard, matcher: string): string[] =>
  failing(
    targetsOf(board),
    ({ expr }) =>
      partsOf(expr)
        .filter(({ name, text }) => name === "VectorSelector" && !/^ALERTS\{|^job\w*:/.test(text))
        .every(({ text }) => text.includes(matcher)),
    ({ expr }) => expr,
  );

const RULES: Readonly<Record<string, Rule>> = {
  "template-datasource-rule": {
    faults: ({ templating }) => {
      const sources = templating.list.filter(({ type }) => type === "datasource");
      const [source] = sources;
      return sources.length === 1 &&
        source?.name === "datasource" &&
        source.label === "Data Source" &&
        source.query === "prometheus"
        ? []
        : [JSON.stringify(sources)];
    },
  },
  "template-job-rule": {
    faults: (board) => labelVariable(board, "job", "Job"),
    exclusions: [
      'No allValue ".+": there is no All. A board shows one job at first, so that staging and production are not added up.',
    ],
  },
  "template-instance-rule": {
    faults: (board) => labelVariable(board, "instance", "Instance"),
    exclusions: [
      'No allValue ".+": All is the list of the app\'s instances. Any other instance may be of another app in the same job.',
    ],
  },
  "template-label-promql-rule": {
    faults: ({ templating }) =>
      failing(
        templating.list.filter(({ type }) => type === "query"),
        ({ query }) => {
          const [, selector = ""] =
            /^label_values\((.+), \w+\)$/.exec(typeof query === "string" ? query : query.query) ?? [];
          return selector !== "" && partsOf(selector).some(({ name }) => name === "VectorSelector");
        },
        ({ name }) => name,
      ),
  },
  "template-on-time-change-reload-rule": {
    faults: ({ templating }) =>
      failing(
        templating.list.filter(({ type }) => type === "query"),
        ({ refresh }) => refresh === 2,
        ({ name }) => name,
      ),
  },
  "panel-datasource-rule": {
    faults: (board) =>
      failing(
        withQueries(board),
        ({ datasource, targets = [] }) =>
          datasource?.uid === "${datasource}" &&
          targets.every((target) => target.datasource.uid === "${datasource}"),
        ({ title }) => title,
      ),
  },
  "panel-title-description-rule": {
    faults: (board) =>
      failing(
        panelsOf(board),
        ({ title, description }) => title.length > 0 && description.length > 0,
        ({ title }) => title,
      ),
  },
  "panel-units-rule": {
    faults: (board) =>
      failing(
        withQueries(board),
        ({ fieldConfig }) => (fieldConfig.defaults.unit ?? "") !== "",
        ({ title }) => title,
      ),
  },
  "panel-no-targets-rule": {
    faults: (board) =>
      failing(
        withQueries(board),
        ({ targets = [] }) => targets.length > 0,
        ({ title }) => title,
      ),
  },
  "target-promql-rule": {
    faults: (board) =>
      failing(
        targetsOf(board),
        ({ expr }) => {
          try {
            return partsOf(expr).length > 0;
          } catch {
            return false;
          }
        },
        ({ expr }) => expr,
      ),
  },
  "target-rate-interval-rule": {
    faults: (board) =>
      failing(
        targetsOf(board),
        ({ panel, expr }) => {
          const windows = [...expr.matchAll(/\[([^\]]+)\]/g)].map(([, window]) => window);
          const isOverTime = ["timeseries", "heatmap", "state-timeline"].includes(panel.type);
          return windows.every((window) => window === (isOverTime ? "$__rate_interval" : "$__range"));
        },
        ({ expr }) => expr,
      ),
    exclusions: [
      "Panels with one value use $__range: it is the total of the time that is shown. Over $__rate_interval it would be that of a random minute.",
    ],
  },
  "target-job-rule": {
    faults: (board) => selecting(board, 'job=~"$job"'),
    exclusions: ["ALERTS selects the job as well, which the test of selectors checks."],
  },
  "target-instance-rule": {
    faults: (board) => selecting(board, 'instance=~"$instance"'),
    exclusions: ["ALERTS and recorded series have no label of the instance: rules sum over it."],
  },
  "target-counter-agg-rule": {
    faults: (board) =>
      targetsOf(board).flatMap(({ expr }) =>
        partsOf(expr)
          .filter(
            ({ name, text, around }) =>
              name === "VectorSelector" && /^\w+_total\{/.test(text) && !around.includes("MatrixSelector"),
          )
          .map(({ text }) => text),
      ),
  },
  "uneditable-dashboard-rule": {
    faults: ({ editable, title }) => (editable ? [] : [title]),
    exclusions: [
      "Boards are editable, where the rule wants the opposite: people may try a change and copy it. Provisioning keeps what is stored (allowUiUpdates: false).",
    ],
  },
  "target-logql-rule": {
    faults: (board) => logTargets(board),
    exclusions: ["No board has a query of Loki."],
  },
  "target-logql-auto-rule": {
    faults: (board) => logTargets(board),
    exclusions: ["No board has a query of Loki."],
  },
};

const logTargets = (board: Dashboard): string[] =>
  failing(
    withQueries(board),
    ({ datasource }) => datasource?.type === "prometheus",
    ({ title }) => title,
  );

const boards = catalogs.flatMap(([name, catalog]) =>
  describeBoards(describeMetrics(catalog), catalog).map(
    (board) => [`${name}: ${board.name}`, renderClassic(board) as unknown as Dashboard] as const,
  ),
);

it.each(Object.entries(RULES))("%s holds on every board", (_, { faults }) => {
  for (const [name, board] of boards) expect(faults(board), name).toEqual([]);
});

describe("the rules", () => {
  it("are the 17 of the linter", () => {
    expect(Object.keys(RULES)).toHaveLength(17);
  });

  it.each(Object.entries(RULES))(
    "%s finds a fault on a board that has everything wrong",
    (rule, { faults }) => {
      const broken: Dashboard = {
        title: "Broken",
        editable: false,
        templating: {
          list: [
            { name: "source", type: "datasource", query: "loki" },
            { name: "x", type: "query", query: "label_values(x)", refresh: 1 },
          ],
        },
        panels: [
          {
            type: "stat",
            title: "",
            description: "",
            datasource: { type: "loki", uid: "fixed" },
            fieldConfig: { defaults: {} },
            targets: [
              {
                expr: rule === "target-promql-rule" ? "sum(" : 'rate(x_total[5m]) + y_total{a="b"}',
                datasource: { uid: "fixed" },
              },
            ],
          },
          { type: "stat", title: "a", description: "b", fieldConfig: { defaults: {} }, targets: [] },
        ],
      };
      expect(faults(broken)).not.toEqual([]);
    },
  );
});

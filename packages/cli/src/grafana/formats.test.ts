/** Both formats of every board, by JSON Schema and by what Grafana silently drops or breaks. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeMetrics } from "@rumkit/server";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { catalogs, fullest } from "../../../../test/support/catalogs.ts";
import type { Board, Panel } from "../boards/board.ts";
import { boardExpressions } from "../boards/boardExpressions.ts";
import { describeBoards, panelsOf } from "../boards/describeBoards.ts";
import { placeSections } from "../boards/layout.ts";
import { renderClassic } from "./classic.ts";
import { dashboardExpressions } from "./expressions.ts";
import { renderV2 } from "./v2.ts";

const SCHEMAS = join(import.meta.dirname, "../../../../test/support/grafana");
const readSchema = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), "utf8")) as Record<string, unknown>;
const ajv = new Ajv({ strict: false, allErrors: true });
const validators = { classic: ajv.compile(readSchema("classic")), v2: ajv.compile(readSchema("v2")) };

/** Faults of a dashboard by the schema of its format, as it is in its file. */
function faultsOf(format: keyof typeof validators, dashboard: unknown): string[] {
  const validate = validators[format];
  const inFile: unknown = JSON.parse(JSON.stringify(dashboard));
  return validate(inFile)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const fullestMetrics = describeMetrics(fullest);
const expression = describeBoards(fullestMetrics, fullest)
  .flatMap(panelsOf)
  .flatMap(({ panel }) => (panel.kind === "text" ? [] : panel.queries))[0]!.expression;
const shown = { ...expression, unit: "count", labels: ["route"] } as const;

/** One panel of each kind, which the catalog's boards may not have. */
const everyKind: readonly Panel[] = (
  ["stat", "gauge", "bargauge", "piechart", "table", "timeseries", "heatmap", "state-timeline"] as const
).map((kind) => ({
  kind,
  name: kind,
  title: kind,
  description: "A panel.",
  queries: [
    { expression: shown, legend: "{{route}}" },
    { expression: shown, legend: "b" },
  ],
  thresholds: [{ value: null, color: "green" }],
  colors: { good: "green" },
  states: { "1": { text: "up", color: "green" } },
  style: "stacked",
}));
const words: Panel = {
  kind: "text",
  name: "words",
  title: "Words",
  description: "Words.",
  content: "# Words",
};
const boards: readonly (readonly [string, readonly Board[]])[] = [
  ...catalogs.map(([name, catalog]) => [name, describeBoards(describeMetrics(catalog), catalog)] as const),
  [
    "every kind of panel",
    describeBoards(fullestMetrics, fullest)
      .slice(0, 1)
      .map((board) => ({
        ...board,
        sections: placeSections("every", [
          { title: "Open", rows: [[...everyKind, words]] },
          {
            title: "Closed",
            collapsed: true,
            rows: [
              [{ ...words, name: "more" }],
              everyKind.map((panel) => ({ ...panel, name: `${panel.name}-2` })),
            ],
          },
        ]),
      })),
  ],
];

interface Target {
  readonly refId: string;
  readonly expr: string;
}
interface ClassicPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly panels?: readonly ClassicPanel[];
}
interface V2Panel {
  readonly spec: {
    readonly id: number;
    readonly title: string;
    readonly data: {
      readonly spec: { readonly queries: readonly { readonly spec: { readonly refId: string } }[] };
    };
    readonly vizConfig: { readonly group: string; readonly version: string };
  };
}
interface V2Spec {
  readonly title: string;
  readonly elements: Readonly<Record<string, V2Panel>>;
  readonly layout: {
    readonly spec: {
      readonly rows: readonly {
        readonly spec: {
          readonly layout: {
            readonly spec: {
              readonly items: readonly {
                readonly spec: {
                  readonly x: number;
                  readonly y: number;
                  readonly width: number;
                  readonly element: { readonly name: string };
                };
              }[];
            };
          };
        };
      }[];
    };
  };
}

describe.each(boards)("the boards of %s", (_, all) => {
  it.each(all.map((board) => [board.title, board] as const))(
    "%s is what the SDK's types allow",
    (__, board) => {
      expect(faultsOf("classic", renderClassic(board))).toEqual([]);
      expect(faultsOf("v2", renderV2(board))).toEqual([]);
    },
  );

  it("classic: every panel has an id, which Grafana 13 needs to keep it, and every target a refId", () => {
    for (const board of all) {
      const { panels, uid, title, id } = renderClassic(board) as unknown as {
        readonly panels: readonly ClassicPanel[];
        readonly uid: unknown;
        readonly title: unknown;
        readonly id: unknown;
      };
      expect([uid, title, id]).toEqual([board.uid, board.title, null]);
      const flat = panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
      expect(new Set(flat.map((panel) => panel.id)).size).toBe(flat.length);
      for (const { title: shownTitle, type, targets } of flat) {
        if (type === "row" || type === "text") continue;
        expect(
          targets!.map(({ refId }) => refId),
          shownTitle,
        ).toEqual(Array.from({ length: targets!.length }, (___, index) => String.fromCodePoint(65 + index)));
        expect(targets!.length, shownTitle).toBeGreaterThan(0);
      }
    }
  });

  it("V2: every panel has an id, a version of its visualization, and one place in the layout", () => {
    for (const board of all) {
      const { metadata, spec } = renderV2(board) as unknown as {
        readonly metadata: { readonly name: string };
        readonly spec: V2Spec;
      };
      expect([metadata.name, spec.title]).toEqual([board.uid, board.title]);
      const elements = Object.entries(spec.elements);
      for (const [name, { spec: panel }] of elements) {
        expect(name).toBe(`panel-${panel.id}`);
        expect(panel.vizConfig.version).toMatch(/^\d+\.\d+\.\d+$/);
        const { queries } = panel.data.spec;
        expect(queries.map((query) => query.spec.refId)).toEqual(
          Array.from({ length: queries.length }, (___, index) => String.fromCodePoint(65 + index)),
        );
      }
      const items = spec.layout.spec.rows.flatMap((row) => row.spec.layout.spec.items);
      expect(items.map((item) => item.spec.element.name).toSorted()).toEqual(
        elements.map(([name]) => name).toSorted(),
      );
      for (const row of spec.layout.spec.rows) {
        const places = row.spec.layout.spec.items.map((item) => item.spec);
        expect(Math.min(...places.map(({ y }) => y))).toBe(0);
        expect(places.every(({ x, width }) => x >= 0 && x + width <= 24)).toBe(true);
      }
    }
  });

  it("both formats have the same panels and queries", () => {
    for (const board of all) {
      const queries = boardExpressions(board);
      expect(dashboardExpressions(renderClassic(board))).toEqual(
        queries.map(({ panel, refId, expr }) => ({ panel, refId, expr })),
      );
      const texts = JSON.stringify(renderV2(board));
      for (const { expr } of queries) expect(texts).toContain(JSON.stringify(expr));
    }
  });

  it("is the same text each time, and has no null and no undefined value but the id and the lowest threshold", () => {
    for (const board of all) {
      for (const render of [renderClassic, renderV2]) {
        const text = JSON.stringify(render(board));
        expect(JSON.stringify(render(structuredClone(board)))).toBe(text);
        expect(
          [...text.matchAll(/"(\w+)":null/g)].map(([, key]) => key).filter((key) => key !== "value"),
        ).toEqual(render === renderClassic ? ["id"] : []);
      }
    }
  });
});

describe("the schemas", () => {
  const [board] = describeBoards(fullestMetrics, fullest);
  const classic = structuredClone(renderClassic(board!)) as unknown as Record<string, never>;
  const resource = structuredClone(renderV2(board!)) as unknown as { readonly spec: V2Spec };

  it("are those of the SDK that is installed", () => {
    const require = createRequire(import.meta.url);
    const main = require.resolve("@grafana/grafana-foundation-sdk/dashboard");
    const { version } = JSON.parse(readFileSync(join(main, "../../../package.json"), "utf8")) as {
      version: string;
    };
    for (const name of ["classic", "v2"])
      expect(readSchema(name)["$comment"]).toBe(`@grafana/grafana-foundation-sdk ${version}`);
  });

  /** The path of a value, which is taken away or replaced. */
  function spoiled(dashboard: object, path: readonly (string | number)[], value?: unknown): object {
    const copy = structuredClone(dashboard);
    const parent = path.slice(0, -1).reduce((at, key) => Reflect.get(at, key) as object, copy);
    const key = path.at(-1)!;
    if (value === undefined) Reflect.deleteProperty(parent, key);
    else Reflect.set(parent, key, value);
    return copy;
  }

  it.each<[string, readonly (string | number)[], unknown?]>([
    ["a panel without an id", ["panels", 1, "id"]],
    ["a target without a refId", ["panels", 1, "targets", 0, "refId"]],
    ["a uid that is null", ["uid"], null],
    ["a property that Grafana has not", ["colour"], "red"],
    ["an unknown way to hide a variable", ["templating", "list", 0, "hide"], 9],
  ])("refuse a classic dashboard with %s", (_, path, value) => {
    expect(faultsOf("classic", spoiled(classic, path, value))).not.toEqual([]);
  });

  it.each<[string, readonly (string | number)[], unknown?]>([
    ["another version of the API", ["apiVersion"], "v1"],
    [
      "a panel without a visualization",
      ["spec", "elements", Object.keys(resource.spec.elements)[0]!, "spec", "vizConfig"],
    ],
    ["an unknown kind of layout", ["spec", "layout", "kind"], "Grid"],
  ])("refuse a V2 resource with %s", (_, path, value) => {
    expect(faultsOf("v2", spoiled(resource, path, value))).not.toEqual([]);
  });
});

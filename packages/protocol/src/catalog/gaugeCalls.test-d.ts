import { describe, expectTypeOf, test } from "vitest";
import { type Catalog, defineCatalog } from "./catalog.ts";
import type { GaugeArguments, GaugeName, GaugeReaders, GaugeValue, NoGauges } from "./gaugeCalls.ts";

const help = "Licenses.";
const catalog = defineCatalog({
  app: "lab",
  routes: [],
  gauges: {
    borrowed: { help, labels: { tool: ["maya", "nuke"] }, outOf: "licenses" },
    licenses: { help, labels: { tool: ["maya", "nuke"] }, name: "licenses_total" },
    backlog: { help, unit: "seconds", processes: "max" },
  },
});
type Lab = typeof catalog;
const bare = defineCatalog({ app: "lab", routes: [] });

describe("a gauge", () => {
  test("has a name of the catalog", () => {
    expectTypeOf<GaugeName<Lab>>().toEqualTypeOf<"borrowed" | "licenses" | "backlog">();
    expectTypeOf<GaugeName<Catalog>>().toEqualTypeOf<string>();
    expectTypeOf<NoGauges<Lab>>().toEqualTypeOf<never>();
    expectTypeOf<NoGauges<typeof bare>["what to do"]>().toEqualTypeOf<"The catalog declares no gauges.">();
  });

  test("with labels needs all of them, each with one of its values, and nothing else", () => {
    type Labels = GaugeArguments<Lab, "borrowed">;
    expectTypeOf<[{ tool: "maya" }]>().toExtend<Labels>();
    expectTypeOf<[{ tool: "word" }]>().not.toExtend<Labels>();
    expectTypeOf<[]>().not.toExtend<Labels>();
    // @ts-expect-error "user" is not a label.
    expectTypeOf<Labels>([{ tool: "maya", user: "ann" }]);
  });

  test("without labels takes none", () => {
    expectTypeOf<[]>().toExtend<GaugeArguments<Lab, "backlog">>();
    expectTypeOf<[{ tool: "maya" }]>().not.toExtend<GaugeArguments<Lab, "backlog">>();
  });

  test("of a catalog without types takes any labels", () => {
    expectTypeOf<[{ tool: string }]>().toExtend<GaugeArguments<Catalog, string>>();
    expectTypeOf<[]>().toExtend<GaugeArguments<Catalog, string>>();
  });

  test("is read as a number, or as the values of label sets", () => {
    type Readers = GaugeReaders<Lab>;
    expectTypeOf<Readers["backlog"]>().toEqualTypeOf<() => number>();
    expectTypeOf<() => GaugeValue<{ tool: "maya" }>[]>().toExtend<Readers["borrowed"]>();
    expectTypeOf<() => GaugeValue<{ tool: "word" }>[]>().not.toExtend<Readers["borrowed"]>();
    expectTypeOf<() => number>().not.toExtend<Readers["borrowed"]>();
    expectTypeOf<() => Promise<number>>().not.toExtend<Readers["backlog"]>();
    expectTypeOf<() => number>().toExtend<GaugeReaders<Catalog>[string]>();
  });
});

test("the mistakes of a gauge are compile errors in words", () => {
  defineCatalog({
    app: "lab",
    routes: [],
    gauges: {
      // @ts-expect-error Did you mean "labels"?
      a: { help, label: {} },
      // @ts-expect-error outOf names another gauge of the catalog: a | b.
      b: { help, outOf: "d" },
    },
  });
  // @ts-expect-error "average" is not a rule.
  defineCatalog({ app: "lab", routes: [], gauges: { c: { help, processes: "average" } } });
});

test("the mistakes of names and aliases are compile errors in words", () => {
  const lab = { app: "lab", routes: [] } as const;
  // @ts-expect-error Known: accepted, inFlight, duration, outcomeLabel.
  defineCatalog({ ...lab, jobs: { a: { help, names: { queued: "a_total" } } } });
  // @ts-expect-error Did you mean "name"?
  defineCatalog({ ...lab, actions: { a: { help, nam: "a_total" } } });
  // @ts-expect-error Known: of, labels.
  defineCatalog({ ...lab, aliases: { a_total: { of: "rum_clicks_total", labels: {}, metric: "" } } });
  defineCatalog({
    ...lab,
    actions: { a: { help, name: "a_total" } },
    jobs: { b: { help, names: { duration: "b_seconds", outcomeLabel: "status" } } },
    aliases: { c_total: "rum_clicks_total", d: { of: "rum_page_load_seconds", labels: { phase: "load" } } },
  });
});

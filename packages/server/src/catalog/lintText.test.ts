import type { Catalog } from "@rumkit/protocol";
import { expect, it } from "vitest";
import { CatalogError } from "./lintCatalog.ts";
import { describeMetrics } from "../collector/parts.ts";

const HALF = "\uD83D";

it.each<[string, Partial<Record<keyof Catalog, unknown>>]>([
  ["routes[1]", { routes: ["/", `/a${HALF}`] }],
  ["actions.buy.help", { actions: { buy: { help: `${HALF}.` } } }],
  ["actions.buy.labels.kind[0]", { actions: { buy: { help: "A.", labels: { kind: [HALF, "\uDE00"] } } } }],
  ["actions.buy.labels", { actions: { buy: { help: "A.", labels: { [`k${HALF}`]: ["a"] } } } }],
  ["endpoints[0]", { endpoints: [`/api/${HALF}`] }],
  ["features.dark.help", { features: { dark: { help: `${HALF}.` } } }],
  [
    "ingested.job.labels.queue[1]",
    { ingested: { job: { help: "A.", type: "counter", labels: { queue: ["a", HALF] } } } },
  ],
  ["app", { app: `shop${HALF}` }],
])("half a surrogate pair is refused in %s", (path, part) => {
  const faultsOf = (): readonly string[] => {
    try {
      describeMetrics({ app: "shop", routes: ["/"], ...part } as Catalog);
    } catch (error) {
      if (error instanceof CatalogError) return error.faults;
      throw error;
    }
    return [];
  };
  expect(faultsOf()).toContainEqual(expect.stringMatching(path.replaceAll(/[.[\]]/g, "\\$&")));
  expect(faultsOf().join("\n")).toContain("has half a surrogate pair");
  expect(faultsOf().join("\n")).toMatch(/\\ud[8-f]/);
});

it("whole pairs are text like any other", () => {
  const catalog = { app: "shop", routes: ["/", "/😀", "/\uFFFD"] };
  expect(describeMetrics(catalog).length).toBeGreaterThan(50);
});

import type { LiveTotal } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createTotalRows } from "./totalRows.ts";

const total = (metric: string, value: number, labels: LiveTotal["labels"] = {}): [string, LiveTotal] => [
  JSON.stringify([metric, Object.entries(labels)]),
  { metric, labels, value },
];
const names = (rows: readonly { metric: string }[]): string[] => rows.map(({ metric }) => metric);

test("rows are sorted and contain every word of the filter", () => {
  const rowsOf = createTotalRows();
  const totals = new Map([total("b", 1, { route: "/Cart" }), total("a", 1), total("b_c", 1)]);
  expect(names(rowsOf(totals, ""))).toEqual(["a", "b", "b_c"]);
  expect(names(rowsOf(totals, "B"))).toEqual(["b", "b_c"]);
  expect(names(rowsOf(totals, "b cart"))).toEqual(["b"]);
  expect(rowsOf(totals, "nothing")).toEqual([]);
});

test("rows are created again for new series or filters, not for new values", () => {
  const rowsOf = createTotalRows();
  const first = rowsOf(new Map([total("b", 1), total("a", 1)]), "");
  expect(rowsOf(new Map([total("b", 2), total("a", 1)]), "")).toBe(first);
  expect(rowsOf(new Map([total("b", 2), total("a", 1)]), "a")).not.toBe(first);
  expect(names(rowsOf(new Map([total("b", 2), total("a", 1), total("0", 1)]), ""))).toEqual(["0", "a", "b"]);
  // Another collector, or its restart: as many series, but others.
  expect(names(rowsOf(new Map([total("b", 2), total("a", 1), total("c", 1)]), ""))).toEqual(["a", "b", "c"]);
});

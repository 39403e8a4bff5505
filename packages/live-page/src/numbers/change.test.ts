import { expect, test } from "vitest";
import { changeOf } from "./change.ts";

const comparison = (today: number | null, yesterday: number | null, lastWeek: number | null = null) => ({
  figure: "orders",
  at: 0,
  today,
  yesterday,
  lastWeek,
});

test.each([
  ["count", comparison(1_124, 1_000), "▲ 12.4%", "up", "yesterday"],
  ["count", comparison(970, 1_000), "▼ 3.0%", "down", "yesterday"],
  ["count", comparison(1_000, 1_000), "unchanged", "same", "yesterday"],
  ["count", comparison(12, null, 10), "▲ 20.0%", "up", "last week"],
  ["ratio", comparison(0.071, 0.067), "▲ 0.4 points", "up", "yesterday"],
] as const)("%s %o is %s", (unit, given, text, direction, against) => {
  expect(changeOf({ unit }, given)).toEqual({ text, direction, against });
});

test.each([
  ["nothing was counted today", comparison(null, 3)],
  ["no earlier day was counted", comparison(3, null)],
  ["the earlier day had nothing, of which no percentage can be said", comparison(3, 0)],
  ["there is no comparison", undefined],
])("there is no change if %s", (_why, given) => {
  expect(changeOf({ unit: "count" }, given)).toBeUndefined();
});

import {
  BATCH_REJECTIONS,
  DROP_REASONS,
  eventRejections,
  INGEST_DROP_REASONS,
  INGEST_REJECTIONS,
  ITEM_REJECTIONS,
  type LiveTotal,
  REPORTS_REJECTIONS,
} from "@rumkit/protocol";
import { expect, test } from "vitest";
import { adviceForDrop, adviceForRefusal } from "./refusalAdvice.ts";
import { readRefusals } from "./refusals.ts";

const totalsOf = (...totals: [metric: string, labels: Record<string, string>, value: number][]) =>
  new Map<string, LiveTotal>(
    totals.map(([metric, labels, value], index) => [String(index), { metric, labels, value }]),
  );

const REFUSALS = new Set([
  ...Object.keys(eventRejections),
  ...BATCH_REJECTIONS,
  ...INGEST_REJECTIONS,
  ...ITEM_REJECTIONS,
  ...REPORTS_REJECTIONS,
]);

test.each([...REFUSALS])("%s: the page says why in a sentence", (code) => {
  const { why, change } = adviceForRefusal(code)!;
  expect(why).toMatch(/^[A-Z].*\.$/);
  expect(change).toMatch(/^$|^[A-Z].*\.$/);
});

test.each([...new Set([...DROP_REASONS, ...INGEST_DROP_REASONS])])(
  "%s: the page says why a client dropped it",
  (reason) => expect(adviceForDrop(reason)?.why).toMatch(/^[A-Z].*\.$/),
);

test("codes that an object inherits have no advice", () => {
  expect(["constructor", "__proto__", "toString"].map(adviceForRefusal)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("reasons are in sections, the most frequent first, and series of one reason add up", () => {
  const sections = readRefusals(
    totalsOf(
      ["rum_events_rejected_total", { reason: "unknown_name" }, 2],
      ["rum_batches_rejected_total", { reason: "origin_denied" }, 7],
      ["rum_batches_rejected_total", { reason: "rate_limited" }, 3],
      ["rum_series_folded_total", { metric: "rum_clicks_total", label: "route" }, 4],
      ["rum_series_folded_total", { metric: "rum_clicks_total", label: "name" }, 5],
      ["rum_events_bot_total", {}, 11],
      ["rum_events_duplicate_total", {}, 0],
      ["rum_page_views_total", { route: "/" }, 99],
    ),
  );
  expect(
    sections.map(({ title, rows }) => [title, rows.map(({ reason, count }) => [reason, count])]),
  ).toEqual([
    [
      "Refused",
      [
        ["origin_denied", 7],
        ["unknown_name", 2],
      ],
    ],
    [
      "Limited",
      [
        ["rum_clicks_total", 9],
        ["rate_limited", 3],
      ],
    ],
    ["Bots", [["", 11]]],
  ]);
});

test("a reason of a newer collector is shown as it is", () => {
  const [section] = readRefusals(totalsOf(["rum_events_rejected_total", { reason: "constructor" }, 1]));
  expect(section?.rows[0]).toMatchObject({ reason: "constructor", count: 1 });
  expect(section?.rows[0]?.advice.why).toMatch(/does not know/);
});

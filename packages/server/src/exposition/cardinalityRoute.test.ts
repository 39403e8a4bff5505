import { randomUUID } from "node:crypto";
import { defineCatalog, type LiveFrame, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { Journal } from "../journal/journal.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import type { CardinalityReport } from "./seriesReport.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
/** A frame each second: a viewer may leave so many unread. */
const IDLE_MS = 20_000;

let collector: Collector<typeof catalog>;
const folded: unknown[] = [];
const openJournal = (): Journal => ({
  ...createMemoryJournal(),
  fold: (from, into) => folded.push([from.descriptor.name, from.labels, into.labels]),
});

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_800_000_000_000,
    toFake: ["Date", "performance", "setInterval", "clearInterval"],
  });
  folded.length = 0;
  collector = createCollector({
    catalog,
    journal: openJournal(),
    runtimeMetrics: false,
    seriesBudget: { perMetric: 20, idleMs: IDLE_MS },
  });
});
afterEach(async () => {
  await collector.stop();
  vi.useRealTimers();
});

const newId = (): string => randomUUID().replaceAll("-", "");

async function click(...names: readonly string[]): Promise<void> {
  const events = names.map((name) => ({ type: "click", at: Date.now(), route: "/", name }));
  const batch = { v: 1, id: newId(), session: newId(), seq: 0, sentAt: Date.now(), events };
  const { status } = await collector.app.request("/collect", {
    method: "POST",
    body: JSON.stringify(batch),
    headers: { origin: "http://shop.example", host: "shop.example" },
  });
  expect(status).toBe(202);
}

async function readReport(): Promise<CardinalityReport> {
  return (await (await collector.app.request("/api/rumkit/cardinality")).json()) as CardinalityReport;
}

async function scrape(): Promise<string[]> {
  return (await (await collector.app.request("/metrics")).text()).split("\n");
}

describe("a metric whose label takes more values than its budget has room for", () => {
  beforeEach(() => click(...Array.from({ length: 50 }, (_, index) => `button-${index}`)));

  test("says so at /api/rumkit/cardinality: limits, labels, and what makes the series", async () => {
    const report = await readReport();
    expect(report.metrics.find(({ metric }) => metric === "rum_clicks_total")).toEqual({
      metric: "rum_clicks_total",
      series: 21,
      limit: 20,
      lines: 21,
      labels: [
        {
          label: "element",
          open: true,
          values: 21,
          folded: 30,
          largest: Array.from({ length: 10 }, (_, index) => ({ value: `button-${index}`, series: 1 })),
        },
      ],
    });
    expect(report.sides.page).toEqual({ series: 21, limit: 10_000 });
    expect(report.series).toBeGreaterThan(report.metrics.length);
    expect(report.limit).toBe(50_000);
  });

  test("says so in /metrics, and still every click is counted", async () => {
    const lines = await scrape();
    expect(lines).toEqual(
      expect.arrayContaining([
        'rum_series{metric="rum_clicks_total"} 21',
        "rum_series_limit 50000",
        'rum_series_folded_total{metric="rum_clicks_total",label="element"} 30',
        'rum_clicks_total{element="__other__"} 30',
      ]),
    );
    const clicks = lines.filter((line) => line.startsWith("rum_clicks_total{"));
    expect(clicks.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)).toBe(50);
  });

  test("counts what folds once, however often it is scraped", async () => {
    await scrape();
    await click("button-99");
    await scrape();
    expect(await scrape()).toContain('rum_series_folded_total{metric="rum_clicks_total",label="element"} 31');
  });
});

test("a series that was idle for its time ends with the collector's clock, and the journal records it", async () => {
  await click("once");
  vi.advanceTimersByTime(IDLE_MS + 2_000);
  expect(folded).toEqual([["rum_clicks_total", { element: "once" }, { metric: "rum_clicks_total" }]]);
  const lines = await scrape();
  expect(lines).toContain('rum_series_ended_value_total{metric="rum_clicks_total"} 1');
  expect(lines.filter((line) => line.startsWith("rum_clicks_total{"))).toEqual([]);
});

test("a live viewer sees that the series is 0, and which series has its count", async () => {
  await click("once");
  const response = await collector.app.request("/realtime/metrics");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";
  const clicksOf = async (kind: LiveFrame["kind"]) => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The stream ended before a ${kind}.`);
      // A chunk may end within a frame.
      const blocks = (unread + value).split("\n\n");
      unread = blocks.pop()!;
      const frames = blocks.flatMap((block) => {
        const [, text] = /^data: (.*)$/m.exec(block) ?? [];
        return text === undefined ? [] : (JSON.parse(text) as LiveSnapshot);
      });
      const frame = frames.find((each) => each.kind === kind && each.totals.some(isClick));
      if (frame) return frame.totals.filter(isClick).map(({ labels, value: total }) => [labels, total]);
    }
  };
  const isClick = ({ metric }: { readonly metric: string }): boolean =>
    metric === "rum_clicks_total" || metric === "rum_series_ended_value_total";
  expect(await clicksOf("snapshot")).toEqual([[{ element: "once" }, 1]]);
  vi.advanceTimersByTime(IDLE_MS + 2_000);
  expect(await clicksOf("delta")).toEqual([
    [{ metric: "rum_clicks_total" }, 1],
    [{ element: "once" }, 0],
  ]);
  await reader.cancel();
});

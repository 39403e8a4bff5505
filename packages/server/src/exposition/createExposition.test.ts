import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { views } from "../../../../test/support/viewsMetric.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createExposition, type ScrapeQuery } from "./createExposition.ts";
import type { ChunkReader } from "./sharedChunks.ts";
import { createExemplars } from "./renderSeries.ts";

const QUERY: ScrapeQuery = { format: "text", coding: "identity", names: [], zeroMs: 0 };

function start(series = 30_000) {
  const { families, record } = createRecorder([views], undefined, { perProcess: 200_000 });
  const count = (index: number): void =>
    record({ metric: "views_total", labels: { route: `${"/shop".repeat(54)}/${index}` }, value: 1 });
  for (let index = 0; index < series; index += 1) count(index);
  let renderings = 0;
  const exposition = createExposition({
    families,
    exemplars: createExemplars(Date.now),
    readAppFamilies: async () => [],
    onRender: () => {
      renderings += 1;
    },
  });
  return { ...exposition, count, renderings: () => renderings };
}

const inTime = (): void => {
  throw new Error("The reader was notified that it is behind.");
};

async function readAll(scrape: ChunkReader): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await scrape.next(); chunk; chunk = await scrape.next()) chunks.push(chunk);
  scrape.leave();
  return Buffer.concat(chunks);
}

describe("equal scrapes at the same moment", () => {
  test("share one rendering, and all of them get all of it", async () => {
    const { open, renderings } = start();
    const scrapes = Array.from({ length: 5 }, () => open(QUERY, inTime));
    const texts = await Promise.all(scrapes.map(readAll));
    expect(renderings()).toBe(1);
    expect(new Set(texts.map(String)).size).toBe(1);
    expect(String(texts[0]).match(/^views_total/gm)).toHaveLength(30_000);
  });

  test.each<[string, Partial<ScrapeQuery>]>([
    ["another format", { format: "openmetrics" }],
    ["another coding", { coding: "gzip" }],
    ["another filter", { names: ["views_total"] }],
    ["new series as 0", { zeroMs: 1 }],
  ])("do not share where one asks for %s", (_, change) => {
    const { open, renderings } = start(1);
    for (const scrape of [open(QUERY, inTime), open({ ...QUERY, ...change }, inTime)]) scrape.leave();
    expect(renderings()).toBe(2);
  });

  test("share what was compressed", async () => {
    const { open, renderings } = start();
    const scrapes = Array.from({ length: 3 }, () => open({ ...QUERY, coding: "gzip" }, inTime));
    const [first, ...others] = await Promise.all(scrapes.map(readAll));
    expect(renderings()).toBe(1);
    for (const other of others) expect(other.equals(first!)).toBe(true);
    expect(
      gunzipSync(first!)
        .toString()
        .match(/^views_total/gm),
    ).toHaveLength(30_000);
  });

  test("one that does not read does not hold up one that does, and gets everything later", async () => {
    const { open } = start();
    const slow = open(QUERY, inTime);
    const fast = await readAll(open(QUERY, inTime));
    expect((await readAll(slow)).equals(fast)).toBe(true);
  });

  test("one that leaves takes nothing from the others", async () => {
    const { open } = start();
    const [leaving, staying] = [open(QUERY, inTime), open(QUERY, inTime)];
    await leaving.next();
    leaving.leave();
    expect(await leaving.next()).toBeUndefined();
    expect((await readAll(staying)).toString().match(/^views_total/gm)).toHaveLength(30_000);
  });

  test("one that is 16 MiB behind another is notified, and the other is not", async () => {
    const { open } = start(80_000);
    let isBehind = false;
    const slow = open(QUERY, () => {
      isBehind = true;
    });
    const fast = await readAll(open(QUERY, inTime));
    expect(fast.length).toBeGreaterThan(16_777_216);
    expect(isBehind).toBe(true);
    slow.leave();
  });
});

describe("a scrape that comes later", () => {
  test("gets a separate rendering, though another one is still read", async () => {
    const { open, count, renderings } = start();
    const early = open(QUERY, inTime);
    await early.next();
    await wait(150);
    count(-1);
    const late = await readAll(open(QUERY, inTime));
    expect(renderings()).toBe(2);
    expect(late.toString()).toContain("/-1");
    early.leave();
  });

  test("sees what was counted after a scrape that ended a moment ago", async () => {
    const { open, count } = start(1);
    await readAll(open(QUERY, inTime));
    count(0);
    expect((await readAll(open(QUERY, inTime))).toString()).toMatch(/\/0"\} 2\n/);
  });
});

test("while a large exposition is rendered, the event loop turns", async () => {
  const { open } = start(100_000);
  let turns = 0;
  let isReading = true;
  const turn = (): void => {
    turns += 1;
    if (isReading) setImmediate(turn);
  };
  setImmediate(turn);
  await Promise.all([
    readAll(open(QUERY, inTime)),
    readAll(open({ ...QUERY, format: "openmetrics" }, inTime)),
  ]);
  isReading = false;
  expect(turns).toBeGreaterThan(10);
});

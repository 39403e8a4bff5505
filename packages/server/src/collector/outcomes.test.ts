/** Every event has one outcome, and they add up: after every kind of request. */
import { gzipSync } from "node:zlib";
import { defineCatalog } from "@rumkit/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changes, type Scrape, scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import type { JournalState } from "../journal/journal.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  measurements: { size: { help: "Sizes.", unit: "bytes", buckets: [1] } },
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
});

/** A journal that nothing waits for. */
const IDLE: JournalState = {
  pendingEntries: 0,
  waitingMs: 0,
  bytes: 0,
  logBytes: 0,
  freeBytes: 1e9,
  commits: 0,
  lastCommitMs: 1,
  failing: undefined,
};

const SHOP = "https://shop.example";
const session = "f".repeat(32);
const view = { type: "page_view", route: "/" };
let collector: Collector<typeof catalog>;
let failing: boolean;
/** Milliseconds that the journal says its oldest entry has waited. */
let waitingMs: number;
let ids = 0;

beforeEach(() => {
  failing = false;
  waitingMs = 0;
  collector = start();
});
afterEach(() => collector.stop());

function start(): Collector<typeof catalog> {
  const memory = createMemoryJournal();
  return createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    allowedOrigins: [SHOP],
    journal: {
      ...memory,
      append: (entry) => (failing ? Promise.reject(new Error("full")) : memory.append(entry)),
      state: () => ({ ...IDLE, waitingMs }),
    },
  });
}

function batch(events: readonly unknown[], change: object = {}): string {
  ids += 1;
  return JSON.stringify({
    v: 1,
    id: ids.toString(16).padStart(32, "0"),
    session,
    sentAt: 1,
    events,
    ...change,
  });
}

interface Sent {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

async function send({ body = batch([view]), headers = {}, path = "/collect" }: Sent) {
  const response = await collector.app.request(path, {
    method: "POST",
    body,
    headers: { origin: SHOP, ...headers },
  });
  return [response.status, await response.json()] as const;
}

/** By how much the outcomes fall short of what was received: 0, always. */
function missing(totals: Scrape): number {
  let sum = 0;
  for (const [series, value] of totals) {
    if (/^rum_events_(accepted|duplicate|rejected|bot|overload)_total/.test(series)) sum += value;
  }
  return totals.get("rum_events_received_total")! - sum;
}

const outcomes = /^rum_(events|batches)_(?!scaled)/;
const bot = { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" };

describe("what comes has one outcome", () => {
  test.each<[what: string, sent: () => Sent, added: Record<string, number>]>([
    [
      "accepted, and rejected by reason",
      () => ({ body: batch([{ ...view, count: 3 }, { type: "x", count: 2 }, { type: "LCP" }]) }),
      {
        rum_batches_accepted_total: 1,
        rum_events_received_total: 6,
        rum_events_accepted_total: 3,
        'rum_events_rejected_total{reason="unknown_type"}': 2,
        'rum_events_rejected_total{reason="bad_number"}': 1,
      },
    ],
    [
      "nothing that can be counted",
      () => ({ body: batch([{ type: "x" }]) }),
      {
        'rum_batches_rejected_total{reason="no_valid_event"}': 1,
        rum_events_received_total: 1,
        'rum_events_rejected_total{reason="unknown_type"}': 1,
      },
    ],
    [
      "a crawler's",
      () => ({ body: batch([{ ...view, count: 2 }, { type: "x" }]), headers: bot }),
      {
        rum_batches_accepted_total: 1,
        rum_events_received_total: 3,
        rum_events_bot_total: 2,
        'rum_events_rejected_total{reason="unknown_type"}': 1,
      },
    ],
    [
      "no batch: it has no events",
      () => ({ body: "{" }),
      { 'rum_batches_rejected_total{reason="bad_json"}': 1 },
    ],
    [
      "compressed",
      () => ({ body: new Uint8Array(gzipSync(batch([view]))), headers: { "content-encoding": "gzip" } }),
      { rum_batches_accepted_total: 1, rum_events_received_total: 1, rum_events_accepted_total: 1 },
    ],
  ])("%s", async (_what, sent, added) => {
    const before = await scrape(collector.app);
    await send(sent());
    const after = await scrape(collector.app);
    expect(changes(before, after, outcomes)).toEqual(added);
    expect(missing(after)).toBe(0);
  });

  test("duplicate: all of it, whatever it was", async () => {
    const body = batch([view, { type: "x" }]);
    await send({ body });
    const before = await scrape(collector.app);
    expect(await send({ body })).toEqual([
      202,
      { accepted: 1, rejected: [{ index: 1, code: "unknown_type" }], duplicate: true },
    ]);
    const after = await scrape(collector.app);
    expect(changes(before, after, outcomes)).toEqual({
      rum_batches_duplicate_total: 1,
      rum_events_received_total: 2,
      rum_events_duplicate_total: 2,
    });
    expect(missing(after)).toBe(0);
  });

  test("another body with a known id, and a journal that cannot keep it", async () => {
    await send({ body: batch([view], { id: "a".repeat(32) }) });
    const before = await scrape(collector.app);
    expect((await send({ body: batch([view, view], { id: "a".repeat(32) }) }))[0]).toBe(409);
    failing = true;
    expect((await send({ body: batch([view]) }))[0]).toBe(503);
    const after = await scrape(collector.app);
    expect(changes(before, after, /^rum_events_(?!scaled)/)).toEqual({
      rum_events_received_total: 3,
      'rum_events_rejected_total{reason="id_conflict"}': 2,
      'rum_events_rejected_total{reason="journal_failed"}': 1,
    });
    expect(missing(after)).toBe(0);
  });
});

describe("a collector that is too busy", () => {
  beforeEach(async () => {
    await collector.stop();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    collector = start();
  });
  afterEach(() => void vi.useRealTimers());

  /** Has the journal wait for so long that the level of it is reached. */
  const wait = (ms: number): Promise<unknown> => {
    waitingMs = ms;
    return vi.advanceTimersByTimeAsync(20_000);
  };
  const click = { type: "click", name: "buy", count: 5 };
  const bought = { type: "conversion", name: "wish", amount: 100, currency: "USD" };
  const events = [click, { ...view, count: 2 }, bought, { type: "x" }];

  test.each<[level: string, ms: number, answer: [number, unknown], added: Record<string, number>]>([
    [
      "leaves out clicks first",
      500,
      [202, { accepted: 3, rejected: [{ index: 3, code: "unknown_type" }], overload: 5 }],
      {
        rum_batches_accepted_total: 1,
        rum_events_received_total: 9,
        rum_events_accepted_total: 3,
        rum_events_overload_total: 5,
        'rum_events_rejected_total{reason="unknown_type"}': 1,
      },
    ],
    [
      "then all but conversions, money and errors",
      1_500,
      [202, { accepted: 1, rejected: [{ index: 3, code: "unknown_type" }], overload: 7 }],
      {
        rum_batches_accepted_total: 1,
        rum_events_received_total: 9,
        rum_events_accepted_total: 1,
        rum_events_overload_total: 7,
        'rum_events_rejected_total{reason="unknown_type"}': 1,
      },
    ],
    [
      "and refuses everything at the end",
      5_000,
      [503, { error: expect.objectContaining({ code: "overload" }) as unknown }],
      { 'rum_batches_rejected_total{reason="overload"}': 1 },
    ],
  ])("%s, and says so", async (_level, ms, answer, added) => {
    await wait(ms);
    const before = await scrape(collector.app);
    expect(await send({ body: batch(events) })).toEqual(answer);
    const after = await scrape(collector.app);
    expect(changes(before, after, outcomes)).toEqual(added);
    expect(missing(after)).toBe(0);
  });

  test("counts all of it again once it is calm", async () => {
    await wait(5_000);
    const body = batch(events);
    expect((await send({ body }))[0]).toBe(503);
    await wait(0);
    expect(await send({ body })).toMatchObject([202, { accepted: 8 }]);
  });

  test("gives every event of any stream one outcome, whenever it becomes busy or calm", async () => {
    const before = await scrape(collector.app);
    const event = fc.constantFrom<unknown[]>(click, view, bought, { type: "x" }, { type: "error" });
    const step = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(0, 500, 1_500, 5_000) },
      { weight: 4, arbitrary: fc.array(event, { minLength: 1, maxLength: 8 }) },
    );
    let last = batch([view]);
    for (const next of fc.sample(step, { seed: 7, numRuns: 150 })) {
      if (typeof next === "number") await wait(next);
      else {
        // Every other batch comes again, perhaps at another level than the first time.
        await send({ body: last });
        last = batch(next);
        await send({ body: last, ...(next.length === 8 && { headers: bot }) });
      }
      expect(missing(await scrape(collector.app))).toBe(0);
    }
    const changed = changes(before, await scrape(collector.app), outcomes);
    for (const outcome of ["accepted", "duplicate", "overload", "bot"]) {
      expect(changed[`rum_events_${outcome}_total`], outcome).toBeGreaterThan(0);
    }
  });
});

test("a crawler is marked in the answer, and counts in nothing else", async () => {
  const before = await scrape(collector.app);
  expect(await send({ headers: bot })).toEqual([202, { accepted: 0, bot: 1 }]);
  expect(changes(before, await scrape(collector.app), /^rum_(page_views|active)/)).toEqual({});
});

test("POST /collect/validate says what would become of each event, counts nothing and remembers nothing", async () => {
  const before = await scrape(collector.app);
  const body = batch([view, { type: "x" }]);
  expect(await send({ path: "/collect/validate", body })).toEqual([
    200,
    { accepted: 1, rejected: [{ index: 1, code: "unknown_type", message: expect.any(String) as string }] },
  ]);
  expect((await send({ path: "/collect/validate", body: "{" }))[0]).toBe(400);
  expect((await send({ path: "/collect/validate", headers: { origin: "https://evil.example" } }))[0]).toBe(
    403,
  );
  expect(changes(before, await scrape(collector.app), /./)).toEqual({});
  expect(await send({ body })).toMatchObject([202, { accepted: 1 }]);
});

describe("no client can poison a sum", () => {
  const size = { type: "measurement", name: "size" };
  test.each<[what: string, event: object, rate: number]>([
    ["the largest value, so many times", { ...size, value: 1e12, count: 1_000_000 }, 1],
    ["the largest value of one in ten thousand", { ...size, value: 1e12 }, 0.0001],
    ["the highest count of one in ten thousand", { ...view, count: 1_000_000 }, 0.0001],
    [
      "the most money, so many times",
      { type: "conversion", name: "wish", amount: 1e9, currency: "USD", count: 1e6 },
      1,
    ],
    ["infinity", { ...size, value: Number.POSITIVE_INFINITY }, 1],
    ["the largest double", { ...size, value: Number.MAX_VALUE }, 1],
    ["a negative value", { ...size, value: -1 }, 1],
    ["a vital beyond what a page view can take", { type: "LCP", value: 1e9 }, 1],
  ])("%s is refused", async (_what, event, rate) => {
    const [status, answer] = await send({ body: batch([event], { rate }) });
    expect([status, answer]).toMatchObject([422, { error: { code: "no_valid_event" } }]);
  });

  test("what is accepted leaves every sum finite and far from where a double loses seconds", async () => {
    for (let index = 0; index < 50; index += 1) {
      await send({ body: batch(Array.from({ length: 200 }, () => ({ ...size, value: 1e12, count: 100 }))) });
    }
    const sum = (await scrape(collector.app)).get("rum_size_bytes_sum")!;
    expect(Number.isSafeInteger(sum / 1e12)).toBe(true);
    expect(sum).toBe(50 * 200 * 1e14);
  });
});

import { MAX_ADDED, MAX_COUNT } from "@rumkit/protocol";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import type { SourceContext } from "../contract/source.ts";
import { isSampled, sampling } from "./sampling.ts";

const page = recordSources();
const { getRandomValues } = crypto;
afterEach(() => {
  crypto.getRandomValues = getRandomValues;
});

/** The next session has this id. */
function nextId(id: string): void {
  crypto.getRandomValues = (bytes: Uint8Array) => {
    const digits = id.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
    bytes.set(digits);
    return bytes;
  };
}

describe("a session reports", () => {
  const decide = (id: string | undefined, rate: number | undefined): boolean =>
    isSampled({ envelope: { rate }, session: () => ({ id }) } as unknown as SourceContext);

  test.each([
    ["00000000000000000000000000000000", 0.0001, true],
    ["7ffffffffffff0000000000000000000", 0.5, true],
    ["80000000000000000000000000000001", 0.5, false],
    ["ffffffffffffffffffffffffffffffff", 0.9999, false],
    ["ffffffffffffffffffffffffffffffff", undefined, true],
    [undefined, 0.0001, true],
  ])("%s at the rate %s: %s", (id, rate, expected) => {
    expect(decide(id, rate)).toBe(expected);
  });

  test("at each higher rate if it does at a lower one", () => {
    const hex = fc.stringMatching(/^[\da-f]{32}$/);
    const rate = fc.double({ min: 0.0001, max: 1, noNaN: true });
    fc.assert(
      fc.property(hex, rate, rate, (id, one, other) => {
        if (decide(id, Math.min(one, other))) expect(decide(id, Math.max(one, other))).toBe(true);
      }),
    );
  });
});

test("a session that does not report sends nothing, on no page of the tab, and stays the same session", async () => {
  nextId("f".repeat(32));
  for (let pages = 0; pages < 3; pages += 1) {
    const { metrics, page: context } = page.start([sampling(0.5)]);
    metrics.trackAction("a");
    window.dispatchEvent(new Event("pagehide"));
    expect(context.session().id).toBe("f".repeat(32));
    metrics.stop();
    nextId("0".repeat(32));
  }
  await page.events();
  expect(page.network.sent).toEqual([]);
});

test("one that reports says its rate with each batch", async () => {
  nextId("0".repeat(32));
  const { metrics } = page.start([sampling(0.5)]);
  metrics.trackAction("a");
  await page.events();
  expect(page.network.batches.map(({ rate }) => rate)).toEqual([0.5]);
});

describe("a batch leaves before the collector would refuse what it scales", () => {
  test.each([
    [1, MAX_COUNT],
    [0.01, 10_000],
    [0.0001, 100],
  ])("at the rate %d after %d equal events", (rate, most) => {
    nextId("0".repeat(32));
    const { metrics, page: context } = page.start([sampling(rate)]);
    metrics.flush();
    const limit = Math.min(most, 20_000);
    for (let index = 0; index < limit - 1; index += 1) context.record({ type: "heartbeat" });
    const before = page.network.sent.length;
    for (let index = 0; index < 3; index += 1) context.record({ type: "heartbeat" });
    expect(page.network.sent.length - before).toBe(most > limit ? 0 : 1);
    for (const { events } of page.network.batches)
      for (const { count = 1 } of events) expect(count / rate).toBeLessThanOrEqual(MAX_COUNT);
  });

  test("also of large values", () => {
    nextId("0".repeat(32));
    const rate = 0.01;
    const { metrics, page: context } = page.start([sampling(rate)]);
    metrics.flush();
    const value = 1e11;
    for (let index = 0; index < 50; index += 1) context.record({ type: "measurement", name: "size", value });
    metrics.flush();
    const sums = page.network.batches.flatMap(({ events }) =>
      events.filter(({ type }) => type === "measurement").map(({ count = 1 }) => (count * value) / rate),
    );
    expect(sums.length).toBeGreaterThan(1);
    for (const sum of sums) expect(sum).toBeLessThanOrEqual(MAX_ADDED);
  });
});

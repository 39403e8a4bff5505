import { defineCatalog, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  conversions: {
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] }, experience: true },
    upgrade: { help: "Upgrades.", from: "server", primary: true, experience: true },
  },
  objectives: { fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 } },
});

let collector: Collector<typeof catalog>;
let ids = 0;

beforeEach(() => {
  useFakeClock();
  collector = createCollector({ catalog, runtimeMetrics: false });
});
afterEach(async () => {
  await collector.stop();
  vi.useRealTimers();
});

/** Sends a batch of a session; `parts` go into its envelope. */
async function send(session: number, events: readonly object[], parts: object = {}): Promise<void> {
  const hex = (value: number): string => value.toString(16).padStart(32, "0").split("").toReversed().join("");
  ids += 1;
  const body = JSON.stringify({ v: 1, id: hex(ids), session: hex(session), sentAt: 1, events, ...parts });
  const headers = { "sec-fetch-site": "same-origin" };
  const response = await collector.app.request("/collect", { method: "POST", headers, body });
  expect(response.status).toBe(202);
}

async function look(): Promise<LiveSnapshot> {
  const reader = (await collector.app.request("/realtime/metrics")).body!.getReader();
  let text = "";
  while (!/data: .*\n\n/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  return JSON.parse(text.split("data: ")[1]!) as LiveSnapshot;
}

const lcp = (value: number): object => ({ type: "LCP", route: "/", value });

test("the goal that the catalog names is compared by experience, once both ratings have fifty sessions", async () => {
  for (let session = 1; session <= 60; session += 1) await send(session, [lcp(1)]);
  for (let session = 101; session <= 149; session += 1) await send(session, [lcp(9)]);
  for (let order = 0; order < 6; order += 1)
    await collector.trackConversion("upgrade", { experience: "good" });
  await collector.trackConversion("upgrade", { experience: "poor" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await look()).board.experience).toBeNull();
  // The fiftieth. A session that was counted does not count again.
  await send(150, [lcp(9)]);
  await send(149, [lcp(9), { type: "page_view", route: "/", experience: "poor" }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await look()).board.experience).toEqual({
    conversion: "upgrade",
    windowSeconds: 900,
    rows: [
      { experience: "good", sessions: 60, conversions: 6, rate: 0.1 },
      { experience: "poor", sessions: 50, conversions: 1, rate: 0.02 },
    ],
  });
});

test("a release of pages is a mark after five batches, and is named by an objective that is missed after it", async () => {
  const release = "1.5.0";
  for (let session = 1; session <= 4; session += 1) await send(session, [lcp(1)], { release });
  expect((await look()).board.releases).toEqual([]);
  await send(5, [lcp(1)], { release });
  const at = Date.now();
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.advanceTimersByTimeAsync(39_000);
  for (let session = 11; session <= 30; session += 1) await send(session, [lcp(4)], { release });
  // There is no viewer when it happens.
  await vi.advanceTimersByTimeAsync(30_000);
  const { board } = await look();
  expect(board.releases).toEqual([{ release, at, source: "page" }]);
  expect(board.objectives).toEqual([
    {
      objective: "fast_pages",
      title: "Page views with a good LCP",
      unit: "ratio",
      windowSeconds: 300,
      value: 0.2,
      target: 0.75,
      goodIf: "at_least",
      observations: 25,
      missed: { since: at + 41_000, release, secondsAfterRelease: 41 },
    },
  ]);
});

test("a release with a secret in its name is shown without it", async () => {
  for (let session = 1; session <= 5; session += 1)
    await send(session, [lcp(1)], { release: "build by ada@example.com" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(JSON.stringify((await look()).board.releases)).not.toContain("ada@example.com");
});

/** A collector while the clock of its machine is set. Monotonic time goes on. */
import { defineCatalog, type LiveFrame, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const HOUR = 3_600_000;
const NOON = 1_800_000_000_000;

let collector: Collector<typeof catalog>;
let ids = 0;

beforeEach(() => {
  useFakeClock(NOON);
  collector = createCollector({ catalog, runtimeMetrics: false });
});
afterEach(async () => {
  await collector.stop();
  vi.useRealTimers();
});

async function send(id = (ids += 1), session = 1): Promise<unknown> {
  const hex = (value: number): string => value.toString(16).padStart(8, "0").repeat(4);
  const response = await collector.app.request("/collect", {
    method: "POST",
    headers: { origin: "http://localhost", host: "localhost" },
    body: JSON.stringify({
      v: 1,
      id: hex(id),
      session: hex(session),
      sentAt: 1,
      events: [{ type: "page_view", route: "/" }],
    }),
  });
  return response.json();
}

/** The last second that ended, as a viewer sees it that comes now. */
async function figures(): Promise<Record<string, number | null>> {
  const response = await collector.app.request("/realtime/metrics");
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!/^data: .*\n\n/m.test(text)) text += decoder.decode((await reader.read()).value, { stream: true });
  await reader.cancel();
  const frame = JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as LiveFrame as LiveSnapshot;
  const { values } = frame.points.at(-2)!;
  return Object.fromEntries(frame.figures.map(({ name }, index) => [name, values[index]!]));
}

/** A view each second. */
async function visit(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await send();
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

describe.each<[how: string, ...steps: number[]]>([
  ["back by two hours", -2 * HOUR],
  ["forward by 400 days", 400 * 24 * HOUR],
  ["forward by 400 days, and back when someone notices", 400 * 24 * HOUR, -400 * 24 * HOUR],
])("a clock that is set %s", (_how, ...steps) => {
  const set = async (): Promise<void> => {
    for (const step of steps) {
      vi.setSystemTime(Date.now() + step);
      await visit(2);
    }
  };

  test("makes no id new again", async () => {
    await send(1_000_000);
    await set();
    expect(await send(1_000_000)).toMatchObject({ accepted: 1, duplicate: true });
  });

  test("leaves the figures of the live page what they are: a view a second is a view a second", async () => {
    await visit(12);
    expect(await figures()).toMatchObject({ page_views_per_second: 1, active_sessions: 1 });
    await set();
    expect(await figures()).toMatchObject({ page_views_per_second: 1, active_sessions: 1 });
    await visit(12);
    expect(await figures()).toMatchObject({ page_views_per_second: 1, active_sessions: 1 });
  });

  test("makes no counter fall, and no batch count as lost", async () => {
    await visit(3);
    const before = await scrape(collector.app);
    await set();
    const after = await scrape(collector.app);
    const fallen = [...before].filter(
      ([series, value]) =>
        /(_total|_count|_bucket.*)$/.test(series.replace(/\{.*/, "")) && after.get(series)! < value,
    );
    expect(fallen).toEqual([]);
    expect(after.get("rum_batches_lost_total") ?? 0).toBe(0);
    expect(after.get("rum_batches_accepted_total")! - before.get("rum_batches_accepted_total")!).toBe(
      2 * steps.length,
    );
  });

  test("lets a session that left be gone after five minutes, not after hours", async () => {
    await send(undefined, 2);
    await set();
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(await figures()).toMatchObject({ active_sessions: 0 });
  });
});

import { defineCatalog, type WebVitalName, webVitals } from "@rumkit/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCollector } from "../collector/createCollector.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createVitalTables } from "./vitalTables.ts";
import { createWindows } from "./windows.ts";

const START = 1_700_000_040;
const VITALS = ["LCP", "INP", "CLS", "FCP", "TTFB"] as const;
const ROUTES = ["/", "/cart"];
const DEVICES = ["desktop", "mobile", "tablet"];

interface Seen {
  readonly second: number;
  readonly vital: WebVitalName;
  readonly route: string;
  readonly device: string;
  readonly value: number;
  readonly times: number;
}

function start() {
  let second = START;
  const clock = (): number => second * 1000;
  const windows = createWindows();
  const tables = createVitalTables(windows, clock);
  const recorder = createRecorder(describeMetrics(defineCatalog({ app: "shop", routes: ROUTES })), clock);
  recorder.onCount((series) => {
    const add = windows.adderOf(series);
    return (changed, value, times) => add?.(second, value, times, changed);
  });
  return {
    see: (seen: Seen): void => {
      second = START + seen.second;
      const { metric } = webVitals[seen.vital];
      const { route, device, value, times } = seen;
      recorder.record({ metric, labels: { route, navigation: "hard" }, value, times });
      tables.see(device, metric, value, times);
    },
    read: (at: number) => tables.read(START + at),
  };
}

/** The value that a quarter of the observations is above. */
function exactP75(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.75 * sorted.length) - 1]!;
}

function expectedOf(seen: readonly Seen[], label: "route" | "device") {
  const rows = new Map<string, Map<WebVitalName, number[]>>();
  for (const one of seen) {
    const row = rows.get(one[label]) ?? new Map<WebVitalName, number[]>();
    rows.set(one[label], row);
    row.set(one.vital, [
      ...(row.get(one.vital) ?? []),
      ...Array.from({ length: one.times }, () => one.value),
    ]);
  }
  return rows;
}

test("by route and by device, ratings are exact and the 75th percentile is within 1 %", () => {
  const observation = fc.record({
    second: fc.nat(880),
    vital: fc.constantFrom(...VITALS),
    route: fc.constantFrom(...ROUTES, "__other__"),
    device: fc.constantFrom(...DEVICES),
    // The thresholds, and what is just above them.
    value: fc.oneof(
      fc.constantFrom(2.5, 2.501, 4, 4.001, 0.2, 0.5, 0.1, 0.25, 1.8, 3, 0.8),
      fc.double({ min: 0.002, max: 60, noNaN: true }),
    ),
    times: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(observation, { minLength: 1, maxLength: 60 }), (all) => {
      const live = start();
      all.toSorted((a, b) => a.second - b.second).forEach(live.see);
      const { tables } = live.read(880);
      expect(tables.map(({ label }) => label)).toEqual(["route", "device"]);
      for (const { label, rows } of tables) {
        const expected = expectedOf(all, label as "route" | "device");
        expect(rows.map(({ value }) => value).toSorted()).toEqual([...expected.keys()].toSorted());
        for (const { value, vitals } of rows) {
          expect(vitals.length).toBe(expected.get(value)!.size);
          for (const { vital, p75, good, needsImprovement, poor } of vitals) {
            const values = expected.get(value)!.get(vital)!;
            const spec = webVitals[vital];
            const exact = exactP75(values);
            expect(Math.abs(p75 - exact)).toBeLessThanOrEqual(exact * 0.0101);
            const isGood = (one: number) => one <= spec.good;
            const isPoor = (one: number) => one > spec.poor;
            const counts = [values.filter(isGood).length, values.filter(isPoor).length];
            expect([good, poor, good + needsImprovement + poor]).toEqual([...counts, values.length]);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("what is older than the window is gone, and a table without an observation is left out", () => {
  const live = start();
  expect(live.read(0).tables).toEqual([]);
  const one = { second: 0, vital: "LCP", route: "/", device: "mobile", value: 3, times: 1 } as const;
  live.see(one);
  const { from, to, tables } = live.read(0);
  expect([to - from, from <= START && START < to]).toEqual([900, true]);
  expect(tables.map(({ rows }) => rows[0]?.value)).toEqual(["/", "mobile"]);
  live.see({ ...one, second: 2_000, route: "/cart" });
  expect(live.read(2_000).tables[0]!.rows.map(({ value }) => value)).toEqual(["/cart"]);
  expect(live.read(4_000).tables).toEqual([]);
});

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";
const ANDROID_TABLET =
  "Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36";
const MACINTOSH =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15";

test("the device is what the start of the session said, else what the User-Agent says; a duplicate counts once", async () => {
  const collector = createCollector({ catalog: defineCatalog({ app: "shop", routes: ROUTES }) });
  let batches = 0;
  const batchOf = (session: string, events: readonly object[]): string => {
    batches += 1;
    const id = batches.toString(16).padStart(32, "0");
    return JSON.stringify({ v: 1, id, session: session.repeat(32), sentAt: Date.now(), events });
  };
  const send = async (agent: string, body: string): Promise<void> => {
    const headers = { origin: "http://localhost", "user-agent": agent };
    const answer = await collector.fetch(
      new Request("http://localhost/collect", { method: "POST", headers, body }),
    );
    expect(answer.status).toBe(202);
  };
  const lcp = { type: "LCP", value: 1, route: "/" };
  // An iPad says in its session start that it is a tablet, and claims to be a Macintosh.
  await send(MACINTOSH, batchOf("a", [{ type: "session_start", device: "tablet" }, lcp]));
  await send(MACINTOSH, batchOf("a", [lcp]));
  await send(MACINTOSH, batchOf("b", [lcp]));
  await send(IPHONE, batchOf("c", [lcp]));
  await send(ANDROID_TABLET, batchOf("d", [lcp]));
  const twice = batchOf("e", [lcp]);
  await send(IPHONE, twice);
  await send(IPHONE, twice);
  await send("Googlebot/2.1 (+http://www.google.com/bot.html)", batchOf("f", [lcp]));
  const answer = await collector.fetch(new Request("http://localhost/realtime/vitals"));
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const { tables } = (await answer.json()) as ReturnType<ReturnType<typeof start>["read"]>;
  const counts = tables[1]!.rows.map(({ value, vitals }) => [value, vitals[0]!.good]);
  expect(counts).toEqual([
    ["tablet", 3],
    ["mobile", 2],
    ["desktop", 1],
  ]);
  await collector.stop();
});

import type { StreamServerMessage, StreamUpdate } from "@rumkit/protocol";
import { defineCatalog } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { Connection } from "./hubClient.ts";
import { createSocket, type Socket } from "./createSocket.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const recorder = createRecorder(describeMetrics(catalog));
let socket: Socket;
let pulse: NodeJS.Timeout;

beforeEach(() => {
  useFakeClock();
  socket = createSocket(catalog, recorder, Date.now);
  pulse = setInterval(socket.tick, 1_000);
});
afterEach(() => {
  clearInterval(pulse);
  socket.close();
  vi.useRealTimers();
});

/** A connection in memory, which reads or does not. */
function connect() {
  const sent: Buffer[] = [];
  const state = { isBehind: false, skipped: 0 };
  const connection: Connection = {
    send: (bytes) => void sent.push(bytes),
    get isBehind() {
      return state.isBehind;
    },
    skipped: () => (state.skipped += 1),
    close: () => {},
  };
  const client = socket.hub.connect(connection);
  const updates = (): StreamUpdate[] =>
    sent
      .map((bytes) => JSON.parse(bytes.toString()) as StreamServerMessage)
      .filter((message) => message.type === "metrics_update");
  return { ...client, sent, state, updates };
}

test("sent and declared as skipped are together all that were due, through any stalls", () => {
  const { state, updates, receive } = connect();
  receive('{"type":"subscribe","filters":{"interval":0.2}}');
  for (const [isBehind, seconds] of [
    [false, 3],
    [true, 7],
    [false, 1],
    [true, 3_600],
    [false, 2],
  ] as const) {
    state.isBehind = isBehind;
    vi.advanceTimersByTime(seconds * 1_000);
  }
  const declared = updates().reduce((sum, { skipped = 0 }) => sum + skipped, 0);
  expect(declared).toBe(state.skipped);
  // The first one comes at once, between two moments of the interval.
  expect(updates().length + declared).toBe((3 + 7 + 1 + 3_600 + 2) * 5 + 1);
});

test(
  "clients that read nothing for 39 hours are sent nothing, and hold nothing",
  { timeout: 120_000 },
  () => {
    const clients = Array.from({ length: 20 }, connect);
    for (const { state } of clients) state.isBehind = true;
    for (let hour = 0; hour < 39; hour += 1) vi.advanceTimersByTime(3_600_000);
    for (const { sent, state } of clients) {
      expect(sent).toHaveLength(1);
      expect(state.skipped).toBe(39 * 3_600);
    }
  },
);

test("one serialization serves every client with the same subscription and moment", () => {
  const clients = Array.from({ length: 50 }, connect);
  for (const { receive } of clients.slice(0, 25))
    receive('{"type":"subscribe","filters":{"metric_type":"queue"}}');
  vi.advanceTimersByTime(5_000);
  const last = clients.map(({ sent }) => sent.at(-1));
  // The same bytes, not equal ones.
  expect(new Set(last).size).toBe(2);
  expect(last.slice(0, 25).every((bytes) => bytes === last[0])).toBe(true);
});

test("a filter of one group costs bytes in proportion", () => {
  for (let route = 0; route < 50; route += 1) {
    const labels = { method: "GET", route: `/route/${route}`, status: "2xx" };
    recorder.record({ metric: "http_requests_total", labels, value: 1 });
    recorder.record({
      metric: "http_request_duration_seconds",
      labels: { method: "GET", route: `/route/${route}` },
      value: 0.1,
    });
  }
  vi.advanceTimersByTime(1_000);
  const all = connect();
  const one = connect();
  one.receive('{"type":"subscribe","filters":{"metric_type":"latency","endpoint":"/route/7"}}');
  vi.advanceTimersByTime(10_000);
  const bytesOf = (buffers: readonly Buffer[]): number =>
    buffers.slice(-5).reduce((sum, { length }) => sum + length, 0);
  expect(bytesOf(one.sent) / bytesOf(all.sent)).toBeLessThan(0.05);
});

test("updates that are expensive come less often, and never less than once a second", () => {
  const { updates, receive } = connect();
  receive('{"type":"subscribe","filters":{"interval":0.1}}');
  // Each look at the clock takes half a second: as slow as updates get.
  const now = performance.now.bind(performance);
  let cost = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + (cost += 500));
  vi.advanceTimersByTime(20_000);
  clock.mockRestore();
  expect(updates().length).toBeGreaterThanOrEqual(18);
  expect(updates().length).toBeLessThanOrEqual(25);
});

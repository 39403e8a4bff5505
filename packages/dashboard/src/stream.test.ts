import type { LiveDelta } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStream, type Connection } from "./stream.ts";

/** The platform's edge: what a browser does with a stream, by hand. */
class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readyState = 0;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }

  send(type: string, text: string) {
    this.readyState = 1;
    this.dispatchEvent(new MessageEvent(type, { data: text }));
  }

  /** The server answered with an error status: EventSource gives up. */
  fail() {
    this.readyState = FakeEventSource.CLOSED;
    this.dispatchEvent(new Event("error"));
  }

  /** The connection broke: EventSource tries again by itself. */
  break() {
    this.readyState = 0;
    this.dispatchEvent(new Event("error"));
  }
}

const frame: LiveDelta = { kind: "delta", id: "1-1", at: 0, points: [], totals: [], tail: [] };
const newest = () => FakeEventSource.opened.at(-1)!;

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.mocked(Math.random).mockRestore();
});

function start() {
  const frames: unknown[] = [];
  const connections: Connection[] = [];
  const stream = createStream({
    url: "/prefix/realtime/metrics",
    onFrame: (received) => frames.push(received),
    onConnection: (connection) => connections.push(connection),
  });
  return { stream, frames, connections };
}

test("frames of both kinds are passed on, and the first makes the connection live", () => {
  const { frames, connections } = start();
  expect(newest().url).toBe("/prefix/realtime/metrics");
  newest().send("snapshot", JSON.stringify({ ...frame, kind: "snapshot" }));
  newest().send("delta", JSON.stringify(frame));
  expect(frames).toHaveLength(2);
  expect(connections).toEqual(["connecting", "live"]);
});

test("a broken connection is left to EventSource, which resumes with the last id", () => {
  const { connections } = start();
  newest().send("delta", JSON.stringify(frame));
  newest().break();
  vi.advanceTimersByTime(5_000);
  expect(FakeEventSource.opened).toHaveLength(1);
  newest().send("delta", JSON.stringify(frame));
  expect(connections).toEqual(["connecting", "live", "reconnecting", "live"]);
});

test("where EventSource gives up the stream is opened again, for ever, at most every thirty seconds", () => {
  const { connections } = start();
  const waits = [1, 2, 4, 8, 16, 30, 30, 30];
  for (const [index, seconds] of waits.entries()) {
    newest().fail();
    vi.advanceTimersByTime(seconds * 1000 - 1);
    expect(FakeEventSource.opened).toHaveLength(index + 1);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.opened).toHaveLength(index + 2);
  }
  expect(connections).toEqual(["connecting", "reconnecting"]);
});

test("each wait is stretched by chance, so that viewers do not come back all at once", () => {
  vi.mocked(Math.random).mockReturnValue(1);
  start();
  newest().fail();
  vi.advanceTimersByTime(1_249);
  expect(FakeEventSource.opened).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(FakeEventSource.opened).toHaveLength(2);
});

test("a frame makes the waits short again", () => {
  start();
  newest().fail();
  vi.advanceTimersByTime(1_000);
  newest().fail();
  vi.advanceTimersByTime(2_000);
  newest().send("delta", JSON.stringify(frame));
  newest().fail();
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.opened).toHaveLength(4);
});

test("a connection that is silent for fifteen seconds is replaced", () => {
  const { connections } = start();
  newest().send("delta", JSON.stringify(frame));
  vi.advanceTimersByTime(15_000);
  expect(newest().readyState).toBe(FakeEventSource.CLOSED);
  expect(connections.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.opened).toHaveLength(2);
});

test("a frame that cannot be read costs the stream, not the page: a new one starts with a snapshot", () => {
  const { frames, connections } = start();
  newest().send("delta", "{ cut off");
  expect(frames).toEqual([]);
  expect(connections.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.opened).toHaveLength(2);
});

test("after stop nothing is open and nothing is opened", () => {
  const { stream } = start();
  newest().fail();
  stream.stop();
  vi.advanceTimersByTime(60_000);
  expect(FakeEventSource.opened).toHaveLength(1);
  expect(newest().readyState).toBe(FakeEventSource.CLOSED);
});

import type { LiveDelta } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStream, type Connection } from "./stream.ts";

/** Replaces `fetch`: a collector whose responses the test controls. */
class Opened {
  static all: Opened[] = [];
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly response: Promise<Response>;
  #answer!: (response: Response) => void;
  #refuse!: (error: Error) => void;
  #body!: ReadableStreamDefaultController<Uint8Array>;

  constructor(url: string, { headers, signal }: RequestInit) {
    this.url = url;
    this.headers = headers as Record<string, string>;
    this.signal = signal!;
    this.response = new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#refuse = reject;
    });
    Opened.all.push(this);
  }

  answer(status = 200) {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#body = controller) });
    this.signal.addEventListener("abort", () => this.#body.error(new DOMException("", "AbortError")));
    this.#answer(new Response(body, { status }));
    return settle();
  }

  /** Answers 503 with the reason. */
  refuseWith(code: string, status = 503) {
    this.#answer(Response.json({ error: { code, message: "" } }, { status }));
    return settle();
  }

  /** Bytes of the stream, as the network cuts them. */
  send(...chunks: (string | Uint8Array)[]) {
    for (const chunk of chunks)
      this.#body.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
    return settle();
  }

  end() {
    this.#body.close();
    return settle();
  }

  /** Fails without a response. */
  fail() {
    this.#refuse(new TypeError("Failed to fetch"));
    return settle();
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

const frame: LiveDelta = { kind: "delta", id: "1-1", at: 0, numbers: [], points: [], totals: [], tail: [] };
const event = (id: string, text = JSON.stringify({ ...frame, id })) =>
  `event: delta\nid: ${id}\ndata: ${text}\n\n`;
const newest = () => Opened.all.at(-1)!;

let token: string | undefined;

beforeEach(() => {
  Opened.all = [];
  token = undefined;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => new Opened(url, init).response);
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
    token: () => token,
    onFrame: (received) => frames.push(received),
    onConnection: (connection) => connections.push(connection),
  });
  return { stream, frames, connections };
}

test("frames are delivered however the network splits them, and the first makes the connection live", async () => {
  const { frames, connections } = start();
  expect(newest().url).toBe("/prefix/realtime/metrics");
  await newest().answer();
  const text = `retry: 2000\n\n${event("1-1")}${event("1-2", JSON.stringify({ ...frame, app: "Käse" }))}`;
  const bytes = [...new TextEncoder().encode(text)];
  await newest().send(...bytes.map((byte) => Uint8Array.of(byte)));
  expect(frames).toEqual([frame, { ...frame, app: "Käse" }]);
  expect(connections).toEqual(["connecting", "live"]);
});

test("a token is sent in a header, which is missing without a token", async () => {
  start();
  expect(newest().headers).not.toHaveProperty("authorization");
  token = "secret";
  await newest().fail();
  await pass(1_000);
  expect(newest().headers["authorization"]).toBe("Bearer secret");
  expect(newest().url).not.toContain("secret");
});

test.each([401, 403])("status %i means that a token is required, and there is no retry", async (status) => {
  const { connections } = start();
  await newest().answer(status);
  await pass(120_000);
  expect(connections).toEqual(["connecting", "denied"]);
  expect(Opened.all).toHaveLength(1);
});

test.each([
  ["link_ended", 401, "linkEnded"],
  ["link_revoked", 401, "linkRevoked"],
  ["bad_link", 401, "badLink"],
  ["bad_scope", 403, "denied"],
  ["__proto__", 401, "denied"],
])(
  "a refusal with the code %s and status %i is the state %s, and there is no retry",
  async (code, status, state) => {
    const { connections } = start();
    await newest().refuseWith(code, status);
    await pass(120_000);
    expect(connections).toEqual(["connecting", state]);
    expect(Opened.all).toHaveLength(1);
  },
);

test.each(["ключ", "a b", "tok\u00e9n", "a\nb", ""])(
  "a token that no header can carry, %j, is a wrong one",
  async (given) => {
    token = given;
    const { connections, stream } = start();
    await pass(60_000);
    expect(connections).toEqual(["connecting", "denied"]);
    expect(Opened.all).toEqual([]);
    stream.stop();
  },
);

test("a stream that ends is reopened and resumes after the last id", async () => {
  const { connections } = start();
  await newest().answer();
  await newest().send(event("1-7"));
  await newest().end();
  await pass(1_000);
  expect(newest().headers["last-event-id"]).toBe("1-7");
  await newest().answer();
  await newest().send(event("1-8"));
  expect(connections).toEqual(["connecting", "live", "reconnecting", "live"]);
});

test("retries to a missing collector never end, at most every four seconds", async () => {
  const { connections } = start();
  const waits = [1, 2, 4, 4, 4];
  for (const [index, seconds] of waits.entries()) {
    if (index % 2 === 0) await newest().fail();
    // A refusal of a proxy, whose body does not end.
    else await newest().answer(503);
    await pass(seconds * 1000 - 1);
    expect(Opened.all).toHaveLength(index + 1);
    await pass(1);
    expect(Opened.all).toHaveLength(index + 2);
  }
  expect(new Set(connections)).toEqual(new Set(["connecting", "reconnecting"]));
});

test.each(["online", "focus"])("the event %s ends the wait", async (type) => {
  const { stream } = start();
  await newest().fail();
  await newest().fail();
  dispatchEvent(new Event(type));
  expect(Opened.all).toHaveLength(2);
  // The stream is being opened: nothing is waited for.
  dispatchEvent(new Event(type));
  expect(Opened.all).toHaveLength(2);
  stream.stop();
  dispatchEvent(new Event(type));
  expect(Opened.all).toHaveLength(2);
});

test.each([
  ["too_many_viewers", "full"],
  ["draining", "stopping"],
])("a refusal with the code %s is said, and tried again", async (code, connection) => {
  const { connections } = start();
  await newest().refuseWith(code);
  expect(connections).toEqual(["connecting", connection]);
  await pass(1_000);
  expect(Opened.all).toHaveLength(2);
});

test("each delay has a random part, so that viewers do not return at once", async () => {
  vi.mocked(Math.random).mockReturnValue(1);
  start();
  await newest().fail();
  await pass(1_249);
  expect(Opened.all).toHaveLength(1);
  await pass(1);
  expect(Opened.all).toHaveLength(2);
});

test("a frame resets the delays", async () => {
  start();
  await newest().fail();
  await pass(1_000);
  await newest().fail();
  await pass(2_000);
  await newest().answer();
  await newest().send(event("1-1"));
  await newest().end();
  await pass(1_000);
  expect(Opened.all).toHaveLength(4);
});

test("a connection that is silent for fifteen seconds is replaced, with or without a response", async () => {
  const { connections } = start();
  await newest().answer();
  await newest().send(event("1-1"));
  await pass(15_000);
  expect(newest().signal.aborted).toBe(true);
  expect(connections.at(-1)).toBe("reconnecting");
  await pass(1_000);
  expect(Opened.all).toHaveLength(2);
  await pass(15_000 + 2_000);
  expect(Opened.all).toHaveLength(3);
});

test("an unreadable frame ends the stream, not the page: a new one starts with a snapshot", async () => {
  const { frames, connections } = start();
  await newest().answer();
  await newest().send(event("1-1"), event("1-2", "{ cut off"), event("1-3"));
  expect(frames).toHaveLength(1);
  expect(connections.at(-1)).toBe("reconnecting");
  await pass(1_000);
  expect(Opened.all).toHaveLength(2);
  expect(newest().headers).not.toHaveProperty("last-event-id");
});

test("after a stop, nothing is open and nothing is opened", async () => {
  const { stream, connections } = start();
  await newest().answer();
  await newest().send(event("1-1"));
  stream.stop();
  await pass(60_000);
  expect(Opened.all).toHaveLength(1);
  expect(newest().signal.aborted).toBe(true);
  expect(connections).toEqual(["connecting", "live"]);
});

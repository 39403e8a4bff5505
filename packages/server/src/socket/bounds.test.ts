import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { openStreamClient, until } from "../../../../test/support/streamClient.ts";
import { parseExposition } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

let collector: Collector<typeof catalog>;
let server: Server;
let port: number;
let url: string;

beforeEach(async () => {
  useFakeClock();
  collector = createCollector({ catalog, runtimeMetrics: false, trustedProxies: ["127.0.0.1"] });
  server = serveCollector({ collector });
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
  url = `ws://127.0.0.1:${port}/metrics/stream`;
});
afterEach(async () => {
  server.close();
  await collector.stop();
  vi.useRealTimers();
});

async function open(headers: Record<string, string> = {}) {
  const client = await openStreamClient(url, { headers });
  onTestFinished(() => client.ws.terminate());
  await client.next("historical_data");
  return client;
}

/** A client that opens a WebSocket by hand, to send any frame, and reads nothing further. */
async function openRaw(): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET /metrics/stream HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(socket, "data");
  return socket;
}

/** A masked frame of a client: RFC 6455, section 5.2. The mask is 0, so that the payload stays readable. */
function frame(opcode: number, isLast: boolean, payload = ""): Buffer {
  const length = Buffer.byteLength(payload);
  return Buffer.concat([
    Buffer.from([(isLast ? 0x80 : 0) | opcode, 0x80 | length, 0, 0, 0, 0]),
    Buffer.from(payload),
  ]);
}

async function counted(name: string): Promise<number | undefined> {
  const text = await (await collector.app.request("/metrics")).text();
  return parseExposition(text).get(name);
}

test("a message of 4,097 bytes closes the connection with 1009, one of 4,096 does not", async () => {
  const { send, next } = await open();
  send("x".repeat(4_096));
  expect((await next("error")).message).toContain("2048 bytes at most");
  const { send: sendMore, closed } = await open();
  sendMore("x".repeat(4_097));
  expect(await closed).toBe(1009);
});

test("100,000 empty fragments close the connection with 1008, and memory stays flat", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const socket = await openRaw();
  collectGarbage();
  const before = process.memoryUsage().rss;
  const answer: Buffer[] = [];
  socket.on("data", (chunk) => answer.push(chunk));
  const empty = Buffer.concat(Array.from({ length: 1_000 }, () => frame(0, false)));
  socket.write(frame(1, false));
  for (let thousand = 0; thousand < 100 && !socket.destroyed; thousand += 1) socket.write(empty);
  await once(socket, "close");
  // The close frame: opcode 8, then the code.
  expect(Buffer.concat(answer).includes(Buffer.from([0x88]))).toBe(true);
  expect(Buffer.concat(answer).includes(Buffer.from([1008 >> 8, 1008 & 255]))).toBe(true);
  collectGarbage();
  expect(process.memoryUsage().rss - before).toBeLessThan(30 * 2 ** 20);
  const { send, next } = await open();
  send({ type: "ping" });
  await next("pong");
});

test.each([
  ["an unmasked frame", Buffer.from([0x81, 0x01, 0x78])],
  ["a reserved opcode", frame(3, true)],
  ["a text that is not UTF-8", Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
  ["a close frame with an invalid code", Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0, 1])],
  ["noise", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
])("%s ends this connection and no other", async (_name, bytes) => {
  const other = await open();
  const socket = await openRaw();
  socket.resume();
  socket.write(bytes);
  await once(socket, "close");
  other.send({ type: "ping" });
  await other.next("pong");
});

test("viewers of one address are limited together with those of server-sent events, 60 of them", async () => {
  const status = async (address: string): Promise<number> => {
    const options = { headers: { "x-forwarded-for": address } };
    const opened = openStreamClient(url, options);
    return opened.then(
      (client) => {
        onTestFinished(() => client.ws.terminate());
        return 101;
      },
      (error: Error) => Number(/\d{3}$/.exec(error.message)?.[0]),
    );
  };
  const sse = await fetch(`http://127.0.0.1:${port}/realtime/metrics`, {
    headers: { "x-forwarded-for": "203.0.113.7" },
  });
  const answers = [];
  for (let viewer = 0; viewer < 60; viewer += 1) answers.push(await status("203.0.113.7"));
  expect(answers.filter((answer) => answer === 101)).toHaveLength(49);
  expect(answers.filter((answer) => answer === 503)).toHaveLength(11);
  // Another client of the same proxy has its own places.
  expect(await status("203.0.113.8")).toBe(101);
  expect(await counted("rum_live_clients")).toBe(51);
  await sse.body!.cancel();
});

test("a place is given back when its connection ends, however it ends", async () => {
  const first = await open();
  const second = await open();
  const third = await openRaw();
  await until(async () => expect(await counted("rum_live_clients")).toBe(3));
  first.ws.terminate();
  second.ws.close();
  third.resetAndDestroy();
  await until(async () => expect(await counted("rum_live_clients")).toBe(0));
});

test("a client that sends thousands of messages is read slowly, and stays", async () => {
  const { send, next, received } = await open();
  const errors = (): number => received.filter(({ type }) => type === "error").length;
  for (let message = 0; message < 20_000; message += 1) send("nonsense");
  // What was read in one piece is answered; the rest waits in the connection.
  await until(() => expect(errors()).toBeGreaterThanOrEqual(100));
  send({ type: "ping" });
  expect(errors()).toBeLessThan(15_000);
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    expect(errors()).toBe(20_000);
  });
  await next("pong");
});

test("a client that does not answer a ping is closed before the second one", async () => {
  const socket = await openRaw();
  const { ws, closed } = await open();
  socket.pause();
  for (let half = 0; half < 8; half += 1) {
    await vi.advanceTimersByTimeAsync(30_000);
    await until(() => expect(ws.readyState).toBe(ws.OPEN));
    // The answer of the living client has to arrive before the next ping.
    ws.ping();
    await once(ws, "pong");
  }
  await until(async () => expect(await counted("rum_live_clients")).toBe(1));
  ws.close();
  await closed;
});

test("a stalled client misses updates, learns how many, and slows no other", async () => {
  const queue = collector.trackQueue("mail");
  const stalled = await open();
  const reading = await open();
  stalled.ws.pause();
  reading.send({ type: "subscribe", filters: { interval: 0.5 } });
  await reading.next("subscribed");
  const isBehind = async (): Promise<boolean> => ((await counted("rum_live_frames_skipped_total")) ?? 0) > 10;
  // The buffers of the system take some megabytes: histories fill them faster than updates.
  for (let second = 0; !(await isBehind()); second += 1) {
    expect(second).toBeLessThan(2_000);
    queue.set(second);
    stalled.send({ type: "subscribe", last_id: "none" });
    await vi.advanceTimersByTimeAsync(1_000);
    await reading.next("metrics_update");
  }
  stalled.ws.resume();
  const gaps = () =>
    stalled.received.flatMap((message) => (message.type === "metrics_update" ? (message.skipped ?? 0) : []));
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gaps().reduce((sum, skipped) => sum + skipped, 0)).toBe(
      await counted("rum_live_frames_skipped_total"),
    );
  });
  reading.send({ type: "ping" });
  await reading.next("pong");
});

test("a stop closes every connection with 1001, and refuses new ones", async () => {
  const clients = [await open(), await open()];
  await collector.stop();
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1001, 1001]);
  await expect(openStreamClient(url)).rejects.toThrow("503");
});

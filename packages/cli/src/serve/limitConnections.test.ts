import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCutReport } from "./cutReport.ts";
import { limitConnections } from "./limitConnections.ts";
import { createCollector } from "@rumkit/server";
import type { CutReason } from "@rumkit/server/internal/serve";

const MOST = 20;
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

let server: Server;
let sockets: Socket[];
let cuts: CutReason[];
/** Answers that are not given yet. */
let waiting: ServerResponse[];

beforeEach(() => {
  [sockets, cuts, waiting] = [[], [], []];
  return startServer();
});

async function startServer(stalledMs?: number): Promise<void> {
  server = createServer((request, response) => {
    if (request.url === "/waits") waiting.push(response);
    else if (request.url === "/long") response.end("x".repeat(20_000_000));
    else response.end("answered");
  });
  limitConnections(server, MOST, (reason) => cuts.push(reason), stalledMs);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** Connects from an address of this machine. */
async function open(localAddress: string, send = ""): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  if (send !== "") socket.write(send);
  return socket;
}

/** The answer on a connection; empty where it was closed without one. */
async function answerOf(socket: Socket): Promise<string> {
  let read = "";
  socket.on("data", (chunk: Buffer) => (read += chunk.toString()));
  socket.write(GET);
  await expect.poll(() => read.includes("answered") || socket.destroyed).toBe(true);
  return read.includes("answered") ? "answered" : "";
}

test("one client that keeps every connection open and silent loses its own, and locks no one out", async () => {
  const silent: Socket[] = [];
  for (let index = 0; index < MOST; index += 1) silent.push(await open("127.0.0.2"));
  for (let index = 0; index < 5; index += 1)
    expect(await answerOf(await open(`127.0.0.${index + 3}`))).toBe("answered");
  expect(cuts).toEqual(Array(5).fill("evicted"));
  // The ones that rested longest.
  await expect.poll(() => silent.map((socket) => socket.destroyed).indexOf(false)).toBe(5);
});

test("a connection whose request is being answered is not closed for another", async () => {
  const first = await open("127.0.0.2", "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  await expect.poll(() => waiting.length).toBe(1);
  for (let index = 1; index < MOST; index += 1) await open("127.0.0.2");
  expect(await answerOf(await open("127.0.0.3"))).toBe("answered");
  expect(first.destroyed).toBe(false);
  let read = "";
  first.on("data", (chunk: Buffer) => (read += chunk.toString()));
  waiting[0]?.end("late");
  await expect.poll(() => read).toContain("late");
});

test("where every connection has a request, none of the same client gets in, until one ends", async () => {
  for (let index = 0; index < MOST; index += 1)
    await open("127.0.0.2", "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  await expect.poll(() => waiting.length).toBe(MOST);
  expect(await answerOf(await open("127.0.0.2"))).toBe("");
  expect(cuts).toEqual(["refused"]);
  sockets[0]?.destroy();
  await expect.poll(() => waiting[0]?.destroyed).toBe(true);
  expect(await answerOf(await open("127.0.0.2"))).toBe("answered");
});

test("one client whose requests are all busy keeps no other out, and loses those that were busy longest", async () => {
  for (let index = 0; index < MOST; index += 1) {
    await open("127.0.0.2", "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
    await expect.poll(() => waiting.length).toBe(index + 1);
  }
  for (let index = 0; index < 5; index += 1)
    expect(await answerOf(await open(`127.0.0.${index + 3}`))).toBe("answered");
  expect(cuts).toEqual(Array(5).fill("evicted"));
  await expect.poll(() => waiting.map(({ destroyed }) => destroyed).indexOf(false)).toBe(5);
});

test("clients that share the connections alike lose none to one another", async () => {
  for (let index = 0; index < MOST; index += 1)
    await open(`127.0.0.${index + 2}`, "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  await expect.poll(() => waiting.length).toBe(MOST);
  expect(await answerOf(await open("127.0.0.200"))).toBe("");
  expect(cuts).toEqual(["refused"]);
  expect(waiting.every(({ destroyed }) => !destroyed)).toBe(true);
});

test("an answer that is not read is cut with its connection; one that has nothing more to say yet is not", async () => {
  // Here alone: a connection that rests is closed after that time, too.
  server.close();
  await startServer(500);
  const quiet = await open("127.0.0.2", "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.write("first");
  const unread = await open("127.0.0.2", "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  unread.pause();
  await expect.poll(() => cuts).toEqual(["unread"]);
  // It began before the other one, so its time was up before.
  expect(quiet.destroyed).toBe(false);
  let read = "";
  quiet.on("data", (chunk: Buffer) => (read += chunk.toString()));
  waiting[0]?.end("second");
  await expect.poll(() => read).toContain("second");
});

test("connections that come and go leave nothing behind", async () => {
  for (let round = 0; round < 4; round += 1) {
    for (let index = 0; index < MOST; index += 1) await open(`127.0.0.${index + 2}`);
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect
      .poll(() => new Promise((resolve) => void server.getConnections((_error, count) => resolve(count))))
      .toBe(0);
  }
  expect(cuts).toEqual([]);
});

test("what is cut is counted each time, and told once a minute with how many there were", () => {
  let clock = 0;
  const lines: unknown[] = [];
  const samples: unknown[] = [];
  const report = createCutReport(
    (sample) => samples.push(sample.labels),
    { warn: (fields) => lines.push(fields) },
    () => clock,
  );
  for (let index = 0; index < 10; index += 1) report("evicted");
  clock = 60_000;
  report("refused");
  expect(samples).toHaveLength(11);
  expect(lines).toEqual([
    { kind: "connections_cut", reason: "evicted", connections: 1 },
    { kind: "connections_cut", reason: "refused", connections: 10 },
  ]);
});

test("a WebSocket does not rest: silent connections of its client are closed before it", async () => {
  const collector = createCollector({ runtimeMetrics: false });
  collector.attachWebSocket(server);
  const handshake =
    "GET /metrics/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const stream = await open("127.0.0.2", handshake);
  await once(stream, "data");
  for (let index = 1; index < MOST; index += 1) await open("127.0.0.2");
  for (let index = 0; index < 5; index += 1) await open("127.0.0.3");
  await expect.poll(() => cuts).toEqual(Array(5).fill("evicted"));
  // A ping, which a living WebSocket answers with a pong: opcodes 9 and 10.
  stream.resume();
  stream.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
  const [answer] = (await once(stream, "data")) as [Buffer];
  expect(answer.includes(Buffer.from([0x8a, 0x00]))).toBe(true);
  stream.destroy();
  await collector.stop();
});

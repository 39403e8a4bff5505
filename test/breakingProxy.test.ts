/** The proxy by which tests break connections: each fault does what its name says, to a real server. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BreakingProxy, startBreakingProxy } from "./support/breakingProxy.ts";

/** Answers each piece of data with the same in capitals. */
let received: string;
let open: Set<Socket>;
let server: ReturnType<typeof createServer>;
let proxy: BreakingProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  received = "";
  open = new Set();
  server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.on("data", (chunk) => {
      received += String(chunk);
      socket.write(String(chunk).toUpperCase());
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startBreakingProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.stop();
  server.close();
  for (const socket of open) socket.destroy();
});

interface Client {
  readonly socket: Socket;
  readonly replies: () => string;
  readonly isClosed: () => boolean;
}

async function openClient(): Promise<Client> {
  const socket = connect(proxy.port, "127.0.0.1");
  clients.push(socket);
  let replies = "";
  let isClosed = false;
  socket.on("error", () => {}).on("close", () => (isClosed = true));
  socket.on("data", (chunk) => (replies += String(chunk)));
  await once(socket, "connect").catch(() => {});
  return { socket, replies: () => replies, isClosed: () => isClosed };
}

/** A client that has had an answer. */
async function openAnswered(): Promise<Client> {
  const client = await openClient();
  client.socket.write("a");
  await expect.poll(client.replies).toBe("A");
  return client;
}

test("without a fault everything passes, and an end does", async () => {
  const client = await openAnswered();
  client.socket.end();
  await expect.poll(client.isClosed).toBe(true);
  await expect.poll(() => open.size).toBe(0);
  expect(proxy.connections()).toBe(1);
});

test("cut: connections end, new ones too, until it heals", async () => {
  const client = await openAnswered();
  proxy.break({ kind: "cut" });
  await expect.poll(client.isClosed).toBe(true);
  await expect.poll((await openClient()).isClosed).toBe(true);
  proxy.heal();
  await openAnswered();
});

test("replies lost: a request arrives, its reply does when it heals", async () => {
  const client = await openAnswered();
  proxy.break({ kind: "replies_lost" });
  client.socket.write("b");
  await expect.poll(() => received).toBe("ab");
  expect(client.replies()).toBe("A");
  proxy.heal();
  await expect.poll(client.replies).toBe("AB");
});

test("replies lost for good: the connection is reset", async () => {
  const client = await openAnswered();
  proxy.break({ kind: "replies_lost" });
  client.socket.write("b");
  await expect.poll(() => received).toBe("ab");
  // Until the reply is at the proxy.
  await expect.poll(() => [...open].every(({ bytesWritten }) => bytesWritten === 2)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  proxy.heal("reset");
  await expect.poll(client.isClosed).toBe(true);
  expect(client.replies()).toBe("A");
});

test("requests lost and silent: nothing arrives, and no connection ends", async () => {
  for (const kind of ["requests_lost", "silent"] as const) {
    received = "";
    const client = await openAnswered();
    proxy.break({ kind });
    client.socket.write("b");
    const other = await openClient();
    other.socket.write("c");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([kind, received, client.isClosed(), other.isClosed()]).toEqual([kind, "a", false, false]);
    proxy.heal();
    await expect.poll(client.replies).toBe("AB");
    await expect.poll(other.replies).toBe("C");
  }
});

test("half-open: the client's end is gone, and the server does not see it", async () => {
  const client = await openAnswered();
  proxy.halfOpen();
  await expect.poll(client.isClosed).toBe(true);
  expect(open.size).toBe(1);
  await openAnswered();
  expect(open.size).toBe(2);
});

test("slow: pieces of several connections arrive in another order, those of one in theirs", async () => {
  const delays = [0.9, 0, 0, 0];
  await proxy.stop();
  proxy = await startBreakingProxy((server.address() as AddressInfo).port, () => delays.shift() ?? 0);
  const [first, second] = [await openClient(), await openClient()];
  await expect.poll(() => open.size).toBe(2);
  // The first piece waits for 1.8 s longer than the second: a busy machine does not turn them round.
  proxy.break({ kind: "slow", delayMs: 2_000 });
  first.socket.write("1");
  await new Promise((resolve) => setTimeout(resolve, 20));
  second.socket.write("2");
  await expect.poll(() => received).toBe("21");
});

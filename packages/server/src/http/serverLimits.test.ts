import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { giveUploadsTime } from "./serverLimits.ts";

let server: Server;
let sockets: Socket[];
/** Bytes of bodies that came, by path. */
let read: Map<string, number>;

beforeEach(async () => {
  sockets = [];
  read = new Map();
  // A busy machine may take a while for a head of three lines.
  const limits = { headersTimeout: 1_000, requestTimeout: 1_000, connectionsCheckingInterval: 10 };
  server = createServer(limits, (request, response) => {
    const { url = "" } = request;
    if (url.endsWith("/refused.map")) {
      response.writeHead(401).end();
      return;
    }
    request.on("data", (chunk: Buffer) => read.set(url, (read.get(url) ?? 0) + chunk.length));
    request.on("end", () => response.end("kept"));
    request.on("error", () => {});
  });
  giveUploadsTime(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** Sends a head and half of its body. */
async function begin(method: string, path: string): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("error", () => {}).on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "connect");
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf!`);
  return { socket, answer: () => text };
}

const MAP = "/rum/api/rumkit/sourcemaps/1.0/app.js.map";

test("the upload of a map has time; bodies that dawdle meanwhile get 408 when it is over", async () => {
  const upload = await begin("PUT", MAP);
  await expect.poll(() => read.get(MAP)).toBe(5);
  const slow = [
    await begin("POST", "/collect"),
    await begin("POST", "/reports"),
    await begin("PUT", "/elsewhere"),
  ];
  await expect.poll(() => read.size).toBe(4);
  upload.socket.write("half!");
  await expect.poll(upload.answer).toContain("kept");
  for (const { socket, answer } of slow) {
    await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true);
    expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
  }
});

test("without an upload a body that dawdles gets 408 at once", async () => {
  const { socket, answer } = await begin("POST", "/collect");
  await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true);
  expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
});

test("an upload that is refused is not read for ten minutes", async () => {
  const { socket, answer } = await begin("PUT", "/api/rumkit/sourcemaps/1/refused.map");
  await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true);
  expect(answer()).toMatch(/^HTTP\/1\.1 401 /);
});

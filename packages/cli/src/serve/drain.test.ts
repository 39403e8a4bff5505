import { createServer, type RequestListener, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { drain } from "./drain.ts";
import { watchRequests } from "./openRequests.ts";

const collector = { drain: () => {}, stop: async () => {} };

let server: Server;
let sockets: Socket[] = [];
afterEach(() => {
  server.closeAllConnections();
  for (const socket of sockets) socket.destroy();
});

/** A server to which a request was sent as far as `text` goes. */
async function serverWith(listener: RequestListener, text: string): Promise<void> {
  server = createServer(listener);
  watchRequests(server);
  server.listen(0, "127.0.0.1");
  const { port } = new URL(await listen(server));
  const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
  sockets = [socket];
  const connected = new Promise((resolve) => server.once("connection", resolve));
  socket.write(text);
  await connected;
}

const end = (timeoutMs: number): Promise<boolean> => drain({ server, collector, delayMs: 0, timeoutMs });

test("what came whole and is not answered in time is a failure", async () => {
  let came = (): void => {};
  const request = new Promise<void>((resolve) => (came = resolve));
  await serverWith(() => came(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await request;
  expect(await end(1_500)).toBe(false);
});

test.each<[what: string, text: string]>([
  ["a head", "GET / HTTP/1.1\r\nHo"],
  ["an upload", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"],
])("%s that never comes is not waited for", async (_what, text) => {
  await serverWith((request, response) => void request.resume().on("end", () => response.end()), text);
  expect(await end(6_000)).toBe(true);
});

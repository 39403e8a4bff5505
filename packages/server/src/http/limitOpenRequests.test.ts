import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { limitOpenRequests } from "./serverLimits.ts";

let server: Server;
let socket: Socket;
let cuts = 0;
afterEach(() => {
  socket.destroy();
  server.close();
});

async function open(listener: RequestListener): Promise<void> {
  cuts = 0;
  server = createServer(limitOpenRequests(listener, () => (cuts += 1)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
}

const get = (path: number | string): string => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const gets = (count: number): string => Array.from({ length: count }, (_, index) => get(index)).join("");

test("a client that sends thousands of requests and reads nothing is answered a few, then cut", async () => {
  let answered = 0;
  await open((_request, response) => {
    answered += 1;
    // As much as no socket takes without a reader.
    response.end("x".repeat(8_000_000));
  });
  socket.pause();
  socket.on("error", () => {});
  socket.write(gets(5_000));
  await expect.poll(() => cuts).toBe(1);
  expect(answered).toBeLessThanOrEqual(16);
});

test("a client that sends many at once and reads gets every answer, in order, a few at a time", async () => {
  let inFlight = 0;
  let most = 0;
  await open((request, response) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    setImmediate(() => {
      inFlight -= 1;
      response.end(`[${request.url}]`);
    });
  });
  let read = "";
  socket.on("data", (chunk: Buffer) => (read += chunk.toString()));
  const expected = Array.from({ length: 200 }, (_, index) => `[/${index}]`);
  for (let round = 1; round <= 3; round += 1) {
    socket.write(gets(200));
    await expect.poll(() => read.match(/\[\/\d+\]/g)?.length).toBe(200 * round);
  }
  expect(read.match(/\[\/\d+\]/g)).toEqual([...expected, ...expected, ...expected]);
  expect(most).toBeLessThanOrEqual(16);
  expect(cuts).toBe(0);
});

test("a body behind many requests is read, and the connection goes on", async () => {
  const bodies: string[] = [];
  await open((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(body);
      setImmediate(() => response.end("done"));
    });
  });
  socket.resume();
  const post = (body: string): string =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  socket.write(gets(60) + post("a".repeat(200_000)) + gets(60));
  await expect.poll(() => bodies.length).toBe(121);
  expect(bodies[60]).toHaveLength(200_000);
  socket.write(post("last"));
  await expect.poll(() => bodies.at(-1)).toBe("last");
});

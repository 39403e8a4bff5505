import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { DirectRequest } from "./directRequest.ts";

type Listener = (request: DirectRequest, response: ServerResponse) => void;

/** Serves requests that can be tapped, and returns a connection to the server with what it has answered. */
async function serve(listener: Listener): Promise<{ socket: Socket; read: () => string }> {
  const server: Server = createServer({ IncomingMessage: DirectRequest }, listener as never);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let answers = "";
  socket.on("error", () => {}).on("data", (chunk: Buffer) => (answers += chunk.toString()));
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  await once(socket, "connect");
  return { socket, read: () => answers };
}

const head = (length: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

test("a tapped body comes in its pieces, and the connection goes on to the next request", async () => {
  const bodies: string[] = [];
  const ended: boolean[] = [];
  const { socket, read } = await serve((request, response) => {
    let body = "";
    const onEnd = (): void => {
      bodies.push(body);
      ended.push(request.complete && request.readableEnded);
      response.end("counted");
    };
    expect(request.tapBody({ onData: (chunk) => (body += chunk.toString()), onEnd, onClose: () => {} })).toBe(
      true,
    );
  });
  socket.write(`${head(6)}abc`);
  socket.write("def");
  await expect.poll(read).toContain("counted");
  socket.write(`${head(3)}ghi`);
  await expect.poll(() => bodies).toEqual(["abcdef", "ghi"]);
  expect(ended).toEqual([true, true]);
});

test("what comes after the end of the tap is read as a stream", async () => {
  let rest = "";
  const { socket, read } = await serve((request, response) => {
    const onData = (): void => {
      request.untapBody();
      request.on("data", (chunk: Buffer) => (rest += chunk.toString())).on("end", () => response.end("read"));
      socket.write("def");
    };
    request.tapBody({ onData, onEnd: () => {}, onClose: () => {} });
  });
  socket.write(`${head(6)}abc`);
  await expect.poll(read).toContain("read");
  expect(rest).toBe("def");
});

test("a connection that breaks closes the tap, once", async () => {
  const seen: string[] = [];
  const { socket } = await serve((request) => {
    const note = (what: string) => () => void seen.push(what);
    request.tapBody({ onData: note("data"), onEnd: note("end"), onClose: note("close") });
  });
  socket.write(`${head(6)}abc`);
  await expect.poll(() => seen).toEqual(["data"]);
  socket.destroy();
  await expect.poll(() => seen).toEqual(["data", "close"]);
});

test("a body that something else reads cannot be tapped, nor one that is there already", async () => {
  const tapped: boolean[] = [];
  const { socket, read } = await serve((request, response) => {
    const tap = { onData: () => {}, onEnd: () => {}, onClose: () => {} };
    if (tapped.length === 0) request.on("data", () => {}).on("end", () => response.end("streamed"));
    // The whole request comes in one piece, so that its body is there in the next tick.
    else setImmediate(() => tapped.push(request.tapBody(tap)) && response.end("late"));
    if (tapped.length === 0) tapped.push(request.tapBody(tap));
  });
  socket.write(`${head(3)}abc`);
  await expect.poll(read).toContain("streamed");
  socket.write(`${head(3)}abc`);
  await expect.poll(read).toContain("late");
  expect(tapped).toEqual([false, false]);
});

/** The metrics of a request whose connection ends in each possible way: over real sockets. */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from "node:http";
import { connect, type Socket } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

/** A server that counts, a connection to it, and what was counted. */
async function open(
  answer: RequestListener,
  prepare: (server: Server, metrics: RequestListener) => void = () => {},
) {
  const catalog = defineCatalog({ app: "shop", routes: ["/"], http: { status: "code" } });
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const metrics = collector.nodeHttpMetrics({ routes: ["/*"] });
  const server = createServer((request, response) => {
    metrics(request, response);
    answer(request, response);
  });
  prepare(server, metrics);
  const { port } = new URL(await listen(server.listen(0, "127.0.0.1")));
  const before = await scrape(collector.app);
  const counted = async (families: RegExp) => changes(before, await scrape(collector.app), families);
  let received = "";
  const socket = connect(Number(port), "127.0.0.1").on("data", (chunk) => {
    received += String(chunk);
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return {
    socket,
    counted,
    received: () => received,
    /** Waits until everything has ended, and returns statuses and requests. */
    statuses: async (requests: number): Promise<Record<string, number>> => {
      const total = async () =>
        Object.values(await counted(/^http_requests_total/)).reduce((a, b) => a + b, 0);
      await expect.poll(total).toBe(requests);
      // Nothing is left, and nothing was let go twice.
      expect(await counted(/^http_requests_in_flight/)).toEqual({});
      const all = Object.entries(await counted(/^http_requests_total/));
      return Object.fromEntries(all.map(([name, value]) => [/status="(\w+)"/.exec(name)![1]!, value]));
    },
    durations: async () =>
      (await counted(/^http_request_duration_highr_seconds_count/))[
        "http_request_duration_highr_seconds_count"
      ],
    requestBytes: async () =>
      Object.values(await counted(/^http_request_size_bytes_sum/)).reduce((sum, value) => sum + value, 0),
  };
}

const request = (line: string, ...headers: string[]): string =>
  `${[`${line} HTTP/1.1`, "Host: a", ...headers].join("\r\n")}\r\n\r\n`;

/** A listener that answers nothing, and says when it was called. */
function waiting(): { listener: RequestListener; called: (times: number) => Promise<void> } {
  let calls = 0;
  return {
    listener: () => {
      calls += 1;
    },
    called: async (times) => expect.poll(() => calls).toBe(times),
  };
}

describe("a client that leaves before it is answered", () => {
  test.each([
    ["", []],
    [
      " and offered HTTP/2",
      ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"],
    ],
    [" and offered a WebSocket to a server that has none", ["Connection: Upgrade", "Upgrade: websocket"]],
    [" and offered TLS", ["Connection: Upgrade", "Upgrade: TLS/1.0"]],
  ])("%s has status 499 and a duration", async (_, headers) => {
    const { listener, called } = waiting();
    const { socket, statuses, durations } = await open(listener);
    socket.write(request("GET /slow", ...headers));
    await called(1);
    socket.destroy();
    expect(await statuses(1)).toEqual({ "499": 1 });
    expect(await durations()).toBe(1);
  });

  test("has it for each of the requests that it sent at once", async () => {
    const { listener, called } = waiting();
    const { socket, statuses, durations } = await open(listener);
    socket.write(request("GET /a") + request("GET /b") + request("GET /c"));
    await called(3);
    socket.destroy();
    expect(await statuses(3)).toEqual({ "499": 3 });
    expect(await durations()).toBe(3);
  });
});

describe("an upgrade", () => {
  const upgrade = request("GET /ws", "Connection: Upgrade", "Upgrade: websocket");
  const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  /** As frameworks do it: a response that no server made, with the connection or (as express-ws has it) without. */
  const byHand =
    (answer: (socket: Socket, response: ServerResponse) => void, isAssigned: boolean) =>
    (server: Server, metrics: RequestListener): void => {
      server.on("upgrade", (incoming: IncomingMessage, socket: Socket) => {
        // Node has left the connection to us: its end is seen by who reads it.
        socket.on("end", () => socket.end()).resume();
        const response = new ServerResponse(incoming);
        if (isAssigned) response.assignSocket(socket);
        metrics(incoming, response);
        answer(socket, response);
      });
    };

  test.each([true, false])(
    "that opens a WebSocket is a 101 without a duration once it has closed, by hand: %s",
    async (isAssigned) => {
      const prepare = byHand((socket) => void socket.write(SWITCH), isAssigned);
      const { socket, received, statuses, durations } = await open(() => {}, prepare);
      socket.write(upgrade);
      await expect.poll(received).toContain("101");
      socket.destroy();
      expect(await statuses(1)).toEqual({ "101": 1 });
      expect(await durations()).toBeUndefined();
    },
  );

  test("that the app refuses has the status of the answer", async () => {
    const prepare = byHand((_socket, response) => {
      response.writeHead(401, { connection: "close" }).end("no");
    }, true);
    const { socket, received, statuses } = await open(() => {}, prepare);
    socket.write(upgrade);
    await expect.poll(received).toContain("401");
    socket.destroy();
    expect(await statuses(1)).toEqual({ "401": 1 });
  });

  test("whose client leaves before anything was said is a 499", async () => {
    let calls = 0;
    const prepare = byHand(() => void (calls += 1), true);
    const { socket, statuses, durations } = await open(() => {}, prepare);
    socket.write(upgrade);
    await expect.poll(() => calls).toBe(1);
    socket.destroy();
    expect(await statuses(1)).toEqual({ "499": 1 });
    expect(await durations()).toBe(1);
  });
});

describe("a request that got no answer", () => {
  test.each<[how: string, end: (response: ServerResponse) => void]>([
    ["destroys the response", (response) => void response.destroy()],
    ["destroys the response with an error", (response) => void response.destroy(new Error("No."))],
    ["destroys the connection", (response) => void response.socket?.destroy()],
    ["closes all its connections", (response) => response.socket?.destroySoon()],
  ])("is the server's failure where it %s itself", async (_how, end) => {
    const { socket, statuses, durations } = await open((_request, response) => {
      response.on("error", () => {});
      end(response);
    });
    socket.on("error", () => {}).write(request("GET /hang"));
    expect(await statuses(1)).toEqual({ "500": 1 });
    expect(await durations()).toBe(1);
  });

  test.each<[how: string, leave: (socket: Socket) => void]>([
    ["closes", (socket) => void socket.end()],
    ["resets", (socket) => void socket.resetAndDestroy()],
  ])("is the client's doing where it %s the connection soon", async (_how, leave) => {
    let arrived = 0;
    const { socket, statuses } = await open(() => void (arrived += 1));
    socket.on("error", () => {}).write(request("GET /hang"));
    await expect.poll(() => arrived).toBe(1);
    leave(socket);
    expect(await statuses(1)).toEqual({ "499": 1 });
  });

  test("is a time-out where its client, or a proxy, has waited for ten seconds", async () => {
    const clock = performance.now.bind(performance);
    let skipped = 0;
    const reading = vi.spyOn(performance, "now").mockImplementation(() => clock() + skipped);
    onTestFinished(() => reading.mockRestore());
    let arrived = 0;
    const { socket, statuses } = await open(() => void (arrived += 1));
    socket.write(request("GET /hang"));
    await expect.poll(() => arrived).toBe(1);
    skipped = 10_000;
    socket.destroy();
    expect(await statuses(1)).toEqual({ "504": 1 });
  });
});

describe("the size of a request", () => {
  const echo: RequestListener = (incoming, response) => {
    incoming.on("end", () => response.end("ok")).resume();
  };

  test("is the number of transferred bytes, for any Content-Length", async () => {
    const { socket, statuses, requestBytes } = await open(
      (incoming) => void incoming.on("data", () => socket.destroy()),
    );
    socket.write(`${request("POST /echo", "Content-Length: 900000000000000")}abc`);
    expect(await statuses(1)).toEqual({ "499": 1 });
    expect(await requestBytes()).toBe(3);
  });

  test("is that of the whole body where it was read, with a length and in chunks, one after the other and at once", async () => {
    const { socket, statuses, requestBytes, received } = await open(echo);
    const sized = `${request("POST /echo", "Content-Length: 5")}12345`;
    const chunked = `${request("POST /echo", "Transfer-Encoding: chunked")}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`;
    socket.write(sized + chunked + sized);
    await expect.poll(() => received().match(/200 OK/g)?.length).toBe(3);
    expect(await statuses(3)).toEqual({ "200": 3 });
    expect(await requestBytes()).toBe(17);
  });

  test("that ends early in the middle of a chunk is what came", async () => {
    const { socket, statuses, requestBytes } = await open(
      (incoming) => void incoming.on("data", () => socket.destroy()),
    );
    socket.write(`${request("POST /echo", "Transfer-Encoding: chunked")}100\r\nabc`);
    expect(await statuses(1)).toEqual({ "499": 1 });
    expect(await requestBytes()).toBe(3);
  });

  test("is nothing where the app refused to have it sent", async () => {
    const refuse = (server: Server, metrics: RequestListener): void => {
      server.on(
        "checkContinue",
        (incoming: IncomingMessage, response: ServerResponse & { req: IncomingMessage }) => {
          metrics(incoming, response);
          response.writeHead(417).end();
        },
      );
    };
    const { socket, statuses, requestBytes, received } = await open(echo, refuse);
    socket.write(request("POST /echo", "Content-Length: 1000000", "Expect: 100-continue"));
    await expect.poll(received).toContain("417");
    expect(await statuses(1)).toEqual({ "417": 1 });
    expect(await requestBytes()).toBe(0);
  });

  test("that came after a 100 is counted, and the request has the status that it ended with", async () => {
    const { socket, statuses, requestBytes, received } = await open(echo);
    socket.write(request("POST /echo", "Content-Length: 4", "Expect: 100-continue"));
    await expect.poll(received).toContain("100 Continue");
    socket.write("body");
    await expect.poll(received).toContain("200 OK");
    expect(await statuses(1)).toEqual({ "200": 1 });
    expect(await requestBytes()).toBe(4);
  });

  test("of a body that the app does not read is never more than was sent", async () => {
    const { socket, statuses, requestBytes, received } = await open(
      (_incoming, response) => void response.end("early"),
    );
    socket.write(`${request("POST /echo", "Content-Length: 1000000")}abc`);
    await expect.poll(received).toContain("early");
    expect(await statuses(1)).toEqual({ "200": 1 });
    expect(await requestBytes()).toBeLessThanOrEqual(3);
  });
});

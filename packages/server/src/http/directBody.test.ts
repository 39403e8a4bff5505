import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import { connect, createServer as createServer2 } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Hono, type MiddlewareHandler } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { streamTo } from "./directBody.ts";
import { createNodeListener } from "./nodeListener.ts";
import { StreamBody } from "./streamBody.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Serves one body behind middleware. */
async function serveBody(middleware: MiddlewareHandler, create: typeof createServer = createServer) {
  const body = new StreamBody();
  let ends = 0;
  body.onEnd = () => {
    ends += 1;
  };
  body.write(bytesOf("before, "));
  const app = new Hono();
  app.use(middleware);
  app.get("/stream", (c) => c.body(streamTo(c, body), 203, { "content-type": "text/event-stream" }));
  const collect = () => Promise.resolve({ status: 404, headers: {}, body: "" });
  const server: Server = create(createNodeListener({ collect, app, fetch: app.fetch }, {}));
  closing.push(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { body, ends: () => ends, port: (server.address() as AddressInfo).port };
}

async function open(port: number): Promise<IncomingMessage> {
  const asking = get({ port, path: "/stream" });
  closing.push(() => asking.destroy());
  asking.on("error", () => {});
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return response.setEncoding("utf8").on("error", () => {});
}

/** Adds headers after the answer, as `secureHeaders()` of Hono does. */
const late: MiddlewareHandler = async (c, next) => {
  await next();
  await setImmediate();
  c.header("x-frame-options", "DENY");
  c.header("set-cookie", "a=1", { append: true });
  c.header("set-cookie", "b=2", { append: true });
};

/** Reads the body, and passes it on in capitals. */
const capitals: MiddlewareHandler = async (c, next) => {
  await next();
  const read = new TextDecoderStream() as TransformStream<Uint8Array, string>;
  const upper = new TransformStream<string, Uint8Array>({
    transform: (text, controller) => controller.enqueue(bytesOf(text.toUpperCase())),
  });
  c.res = new Response(c.res.body!.pipeThrough(read).pipeThrough(upper), c.res);
};

describe("a body that Node's response sends", () => {
  test("has the head that middleware gave it, and all bytes in their order", async () => {
    const { body, ends, port } = await serveBody(late);
    const response = await open(port);
    body.write(bytesOf("after, "));
    body.write(bytesOf("end"));
    body.end();
    body.write(bytesOf("too late"));
    expect((await response.toArray()).join("")).toBe("before, after, end");
    expect(response.statusCode).toBe(203);
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "x-frame-options": "DENY",
      "set-cookie": ["a=1", "b=2"],
    });
    expect([ends(), body.wasRead]).toEqual([1, false]);
  });

  test("is the same over HTTP/2", async () => {
    const { body, ends, port } = await serveBody(late, createServer2 as unknown as typeof createServer);
    const session = connect(`http://127.0.0.1:${port}`);
    closing.push(() => session.destroy());
    const asking = session.request({ ":path": "/stream" });
    const [head] = (await once(asking.setEncoding("utf8"), "response")) as [Record<string, unknown>];
    body.write(bytesOf("end"));
    body.end();
    expect((await asking.toArray()).join("")).toBe("before, end");
    expect(head).toMatchObject({ ":status": 203, "x-frame-options": "DENY", "set-cookie": ["a=1", "b=2"] });
    expect([ends(), body.wasRead]).toEqual([1, false]);
  });

  test("reaches the middleware that reads it", async () => {
    const { body, ends, port } = await serveBody(capitals);
    const response = await open(port);
    body.write(bytesOf("end"));
    body.end();
    expect((await response.toArray()).join("")).toBe("BEFORE, END");
    expect([ends(), body.wasRead]).toEqual([1, true]);
  });

  test.each([
    ["is sent by Node's response", late],
    ["is read by middleware", capitals],
  ])("ends once with its reader, and at once when it is cut, if it %s", async (_title, middleware) => {
    const left = await serveBody(middleware);
    const response = await open(left.port);
    response.destroy();
    await expect.poll(left.ends).toBe(1);
    left.body.cut();
    expect(left.ends()).toBe(1);

    const { body, ends, port } = await serveBody(middleware);
    const other = await open(port);
    body.cut();
    await expect(other.toArray()).rejects.toThrow("aborted");
    expect(ends()).toBe(1);
  });

  test("ends when its reader leaves before there is an answer, or when middleware answers in its place", async () => {
    let isAsked = false;
    const slow = await serveBody(async (c, next) => {
      isAsked = true;
      await once((c.env as { incoming: IncomingMessage }).incoming.socket, "close");
      await next();
    });
    const asking = get({ port: slow.port, path: "/stream" }).on("error", () => {});
    await expect.poll(() => isAsked).toBe(true);
    asking.destroy();
    await expect.poll(slow.ends).toBe(1);

    const replaced = await serveBody(async (c, next) => {
      await next();
      c.res = new Response("another");
    });
    expect((await (await open(replaced.port)).toArray()).join("")).toBe("another");
    await expect.poll(replaced.ends).toBe(1);
  });

  test.each([
    ["HTTP/1.1", createServer],
    ["HTTP/2", createServer2 as unknown as typeof createServer],
  ])("says how many bytes a reader leaves unread over %s", async (name, create) => {
    const { body, port } = await serveBody(late, create);
    if (name === "HTTP/2") {
      const session = connect(`http://127.0.0.1:${port}`);
      closing.push(() => session.destroy());
      await once(session.request({ ":path": "/stream" }).pause(), "response");
    } else (await open(port)).pause();
    await expect.poll(() => body.waitingBytes).toBe(0);
    const chunk = new Uint8Array(1024 * 1024);
    // The sockets of both sides hold a few megabytes.
    for (let index = 0; index < 20; index += 1) body.write(chunk);
    expect(body.waitingBytes).toBeGreaterThan(10 * chunk.length);
    body.cut();
  });
});

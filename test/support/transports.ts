import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request as sendRequest } from "node:http";
import { connect, createSecureServer, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { serve } from "@hono/node-server";
import type { Collector } from "@rumkit/server";
import { Hono } from "hono";
import { createCertificate } from "./certificate.ts";

/** The request of a client. `host` is the name that it believes to talk to. */
interface Question {
  readonly method: string;
  readonly path: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Its answer. Of a stream of events, `text` is the first piece; then the client leaves. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** A collector that is served in one way. */
export interface Served {
  readonly scheme: "http" | "https";
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

type AnyCollector = Pick<Collector<never>, "app" | "fetch" | "nodeListener">;

const tls = createCertificate();

/** Every way in which a request can reach a collector, by its name. */
export const TRANSPORTS: Readonly<Record<string, (collector: AnyCollector) => Promise<Served>>> = {
  "the app, in the process": async ({ app }) => inProcess((request) => app.fetch(request)),
  "collector.fetch, in the process": async ({ fetch }) => inProcess((request) => fetch(request)),
  "an app of Hono over HTTP/1.1": async ({ app }) =>
    http1((port) => serve({ fetch: new Hono().route("/", app).fetch, port, hostname: HOST })),
  "nodeListener over HTTP/1.1": async ({ nodeListener }) =>
    http1(() => createServer(nodeListener()).listen(0, HOST)),
  "nodeListener around an app, over HTTP/1.1": async ({ app, nodeListener }) =>
    http1(() => createServer(nodeListener(new Hono().route("/", app).fetch)).listen(0, HOST)),
  "an app of Hono over HTTP/2 and TLS": async ({ app }) =>
    http2("https", (port) => {
      const { fetch } = new Hono().route("/", app);
      return serve({
        fetch,
        port,
        hostname: HOST,
        createServer: createSecureServer,
        serverOptions: { ...tls, allowHTTP1: true },
      });
    }),
  "nodeListener over HTTP/2 and TLS": async ({ nodeListener }) =>
    http2("https", () => createSecureServer({ ...tls }, nodeListener()).listen(0, HOST)),
  "nodeListener over HTTP/2 in clear text": async ({ nodeListener }) =>
    http2("http", () => createHttp2Server(nodeListener()).listen(0, HOST)),
};

const HOST = "127.0.0.1";

function inProcess(answer: (request: Request) => Response | Promise<Response>): Served {
  return {
    scheme: "https",
    ask: async ({ method, path, host = "rum.example", headers = {}, body }) => {
      const gone = new AbortController();
      const response = await answer(
        new Request(`https://${host}${path}`, {
          method,
          headers,
          signal: gone.signal,
          ...(body !== undefined && { body }),
        }),
      );
      const read = { status: response.status, headers: Object.fromEntries(response.headers) };
      if (!isStream(read.headers)) return { ...read, text: await response.text() };
      const first = await response.body?.getReader().read();
      gone.abort();
      return { ...read, text: new TextDecoder().decode(first?.value) };
    },
    close: async () => {},
  };
}

function isStream(headers: Readonly<Record<string, unknown>>): boolean {
  return String(headers["content-type"]).startsWith("text/event-stream");
}

async function http1(start: (port: number) => Server): Promise<Served> {
  const server = start(0);
  const port = await portOf(server);
  return {
    scheme: "http",
    ask: ({ method, path, host = "rum.example", headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const all = { host, connection: "close", ...headers };
        const request = sendRequest({ port, host: HOST, method, path, headers: all, agent: false });
        request.on("error", reject).on("response", async (response) => {
          const { statusCode: status = 0, headers: got } = response;
          let text = "";
          response.on("error", () => {});
          for await (const chunk of response) {
            text += String(chunk);
            if (isStream(got)) break;
          }
          request.destroy();
          resolve({ status, headers: single(got), text });
        });
        request.end(body);
      }),
    close: () => closeServer(server),
  };
}

async function http2(scheme: "http" | "https", start: (port: number) => Server): Promise<Served> {
  const server = start(0);
  const port = await portOf(server);
  const session = connect(`${scheme}://${HOST}:${port}`, { rejectUnauthorized: false });
  return {
    scheme,
    ask: async ({ method, path, host = "rum.example", headers = {}, body }) => {
      const stream = session.request(
        { ":method": method, ":path": path, ":authority": host, ...headers },
        { endStream: body === undefined },
      );
      if (body !== undefined) stream.end(body);
      const [got] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status"?: number }];
      let text = "";
      stream.on("error", () => {});
      for await (const chunk of stream) {
        text += String(chunk);
        if (isStream(got)) break;
      }
      return { status: got[":status"] ?? 0, headers: single(got), text };
    },
    close: async () => {
      session.destroy();
      await closeServer(server);
    },
  };
}

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  server.close();
  server.closeAllConnections?.();
}

/** The headers as one text each; those of HTTP/2 that no HTTP/1.1 has are left out. */
function single(headers: IncomingHttpHeaders): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

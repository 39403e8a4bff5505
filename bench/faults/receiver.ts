import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, inflateSync } from "node:zlib";

/**
 * PostHog asks its server how to compress. Without an answer it sends JSON, for which a browser asks first (preflight), and
 * which is lost with a page that closes.
 */
const SETTINGS = '{"supportedCompression":["gzip","gzip-js"]}';

/** A request, as it arrived. */
interface Arrived {
  readonly bytes: number;
  /** First line, headers and body. */
  readonly text: string;
}

/** The answer to a request that carries what was reported. Others are answered with 200. */
type Behavior = "answer" | "busy" | "lose the answer";

/** A server to which an SDK sends. Pages of any origin may send. */
export interface Receiver {
  readonly origin: string;
  readonly arrived: readonly Arrived[];
  /** Sets the answer to the next requests. */
  behave(behavior: Behavior): void;
  /** Refuses connections until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): void;
}

/** @param marker Recognizes requests that carry a reported event. */
export async function startReceiver(marker: RegExp): Promise<Receiver> {
  const arrived: Arrived[] = [];
  let behavior: Behavior = "answer";
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origin = request.headers.origin ?? "*";
    const cors = {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
      "access-control-expose-headers": "Retry-After",
      "access-control-max-age": "600",
    };
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const body = await readBody(request);
    const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
    const text = decodeURIComponentSafely(`${request.method} ${request.url}\n${head.join("\n")}\n\n${body}`);
    const carries = marker.test(text);
    // A busy server has counted nothing.
    if (carries && behavior === "busy")
      return void response.writeHead(503, { ...cors, "retry-after": "5" }).end();
    if (request.method === "POST" || carries) arrived.push({ bytes: Buffer.byteLength(text), text });
    if (carries && behavior === "lose the answer") {
      behavior = "answer";
      return void request.socket.destroy();
    }
    response.writeHead(200, { ...cors, "content-type": "application/json" }).end(SETTINGS);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    arrived,
    behave: (next) => {
      behavior = next;
    },
    down: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    up: async () => {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes).toString();
  if (request.headers["content-encoding"] === "deflate") return inflateSync(bytes).toString();
  return bytes.toString();
}

/** A beacon may carry its values in the query. */
function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    return text;
  }
}

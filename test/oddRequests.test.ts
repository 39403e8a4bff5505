/** Requests that no client of ours sends: each is answered, and none of them by a fault of the collector. */
import { connect } from "node:net";
import { brotliCompressSync, crc32, deflateSync, gzipSync } from "node:zlib";
import { createCollector, serveCollector } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "./support/listen.ts";

const SECRET = "a-secret-of-a-service";
const TOKEN = "a-token-for-everything";
const KEY = "pk_0123456789abcdef";

const METHODS = ["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

const QUERIES = [
  "",
  "",
  "",
  "",
  "",
  "",
  `?key=${KEY}`,
  "?key=%zz",
  "?key=a&key=b",
  "?name[]=rum_page_views_total",
  `?name[]=${"x".repeat(3_000)}&name%5B%5D=__proto__`,
  `?${"a=b&".repeat(1_000)}`,
  "/..",
  "/%2e%2e/%2e%2e/etc/passwd",
  "%00",
  ";x=1",
];

const NAMES = [
  "Origin",
  "ACCEPT",
  "accept-encoding",
  "Authorization",
  "Idempotency-Key",
  "Content-Type",
  "User-Agent",
  "X-Forwarded-For",
  "Forwarded",
  "x-prometheus-scrape-timeout-seconds",
  "Last-Event-ID",
  "Traceparent",
  "If-None-Match",
  "Range",
  "Expect",
  "Access-Control-Request-Method",
  "Upgrade",
];

const VALUES = [
  "",
  " ",
  "null",
  "*",
  "//",
  "http://[::1]",
  "http://a:b@c",
  "a".repeat(4_000),
  "\u0080\u00FF\u00E9",
  "a,b,c".repeat(300),
  ";;;",
  ",,,,",
  "gzip;q=abc, br;q=1.5, *;q=0",
  "application/openmetrics-text;version=",
  "application/openmetrics-text;version=1.0.0;q=NaN",
  "application/reports+json",
  "multipart/form-data; boundary=x",
  "text/plain;charset=utf-16",
  "0",
  "-1",
  "1e9",
  "NaN",
  "bytes=-1",
  'W/"x"',
  `00-${"0".repeat(32)}-${"0".repeat(16)}-00`,
  "Bearer",
  `bearer ${TOKEN}`,
  "Basic !!!",
  'for="[::1',
  "99999999999-999999999999999999",
  "100-continue",
  "websocket",
];

const EVENT = { type: "action", name: "a", details: { currency: "USD", value: null } };
const BATCH = { v: 1, id: "0".repeat(32), session: "f".repeat(32), sentAt: 1, events: [EVENT] };

const BODIES: readonly (string | Buffer)[] = [
  "",
  "{",
  "0",
  "null",
  "[]",
  "{}",
  '{"__proto__":{"v":1},"v":1}',
  `\uFEFF${JSON.stringify(BATCH)}`,
  JSON.stringify(BATCH),
  JSON.stringify({
    ...BATCH,
    events: [{ type: "page_view", route: "/\u0000%zz" }, { type: "x" }, null, 1, []],
  }),
  JSON.stringify([{ type: "deprecation", age: 1, url: "https://a/", body: null }, null, 1]),
  JSON.stringify({ "csp-report": { "blocked-uri": 1 } }),
  JSON.stringify({ items: [{ name: "a", type: "counter", value: "1" }] }),
  "[".repeat(5_000),
  "x".repeat(300_000),
  Buffer.from([0xff, 0xfe, 0, 1, 2]),
];

/** Encodes each body once: some take longer than the request. */
function once(encode: (body: string | Buffer) => Buffer): (body: string | Buffer) => Buffer {
  const known = new Map<string | Buffer, Buffer>();
  return (body) => {
    const found = known.get(body) ?? encode(body);
    known.set(body, found);
    return found;
  };
}

const BOMB = gzipSync(Buffer.alloc(20_000_000));

const CODINGS: readonly (readonly [
  name: string | undefined,
  encode: (body: string | Buffer) => string | Buffer,
])[] = [
  [undefined, (body) => body],
  [undefined, (body) => body],
  ["gzip", gzipSync],
  ["GZIP", gzipSync],
  ["br", once(brotliCompressSync)],
  ["deflate", deflateSync],
  ["gzip", (body) => body],
  ["gzip", (body) => gzipSync(body).subarray(0, 12)],
  ["gzip", () => BOMB],
  ["gzip, gzip", (body) => gzipSync(gzipSync(body))],
  ["x".repeat(500), (body) => body],
];

/** Chooses by the fixed sequence of a path, so that every run asks the same, whatever other paths there are. */
function createChoice(path: string): <T>(from: readonly T[]) => T {
  let state = crc32(path);
  return (from) => {
    // mulberry32
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return from[Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * from.length)]!;
  };
}

/** Sends a request as it is; resolves with what was answered, of a stream of events with its head. */
function exchange(port: number, head: string, body: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(head, "latin1");
      socket.write(body);
    });
    const settle = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on("error", settle).on("close", settle);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.includes("text/event-stream") && text.includes("\r\n\r\n")) settle();
    });
  });
}

test.each([
  ["open", {}],
  [
    "closed",
    {
      access: {
        writeKeys: [{ name: "web", key: KEY, origins: ["http://localhost"] }],
        secretKeys: [{ name: "shop", secret: SECRET }],
        tokens: [{ name: "me", secret: TOKEN, scopes: ["admin" as const] }],
      },
    },
  ],
])(
  "a collector that is %s answers every one, and none with a 500",
  { timeout: 120_000 },
  async (name, access) => {
    const rateLimits = { perAddress: false, perApp: false } as const;
    const collector = createCollector({
      runtimeMetrics: false,
      rateLimits,
      environment: "production",
      ...(name === "open" && { ingestTokens: [SECRET] }),
      ...access,
    });
    onTestFinished(() => collector.stop());
    const origin = await listen(serveCollector({ collector }));
    const port = Number(new URL(origin).port);
    const paths = [...new Set(collector.app.routes.map(({ path }) => path.replaceAll(/:\w+/g, "x")))];
    const choices = new Map(paths.map((path) => [path, createChoice(name + path)]));
    const ask = async (path: string): Promise<readonly [status: number, head: string]> => {
      const choose = choices.get(path)!;
      const [coding, encode] = choose(CODINGS);
      const body = Buffer.from(encode(choose(BODIES)));
      const head = [
        `${choose(METHODS)} ${path}${choose(QUERIES)} HTTP/${choose(["1.1", "1.1", "1.0"])}`,
        `Host: ${choose([`127.0.0.1:${port}`, "localhost", "evil.example", "a".repeat(300), ""])}`,
        `${choose(NAMES)}: ${choose(VALUES)}`,
        `${choose(NAMES)}: ${choose(VALUES)}`,
        ...choose([[], [`Origin: ${origin}`], ["Origin: http://localhost"]]),
        ...choose([[], [`Authorization: Bearer ${SECRET}`], [`Authorization: Bearer ${TOKEN}`]]),
        ...(coding === undefined ? [] : [`Content-Encoding: ${coding}`]),
        `Content-Length: ${body.length}`,
        "Connection: close",
      ].join("\r\n");
      const answer = await exchange(port, `${head}\r\n\r\n`, body);
      return [Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]), head];
    };
    const seen = new Set<number>();
    const wrong: unknown[] = [];
    for (let round = 0; round < 8; round += 1) {
      for (const [status, head] of await Promise.all(paths.map(ask))) {
        seen.add(status);
        if (!(status < 500)) wrong.push([status, head.slice(0, 500)]);
      }
    }
    expect(wrong).toEqual([]);
    // Not all of them end at the door.
    expect([...seen]).toEqual(expect.arrayContaining([200, 404, 405, 415]));
  },
);

/** The client against a server of `node:http` that answers as the test says. `test/metricsClient.test.ts` has the collector. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMetricsClient, type MetricsClientOptions } from "./createMetricsClient.ts";
import { MetricsClient } from "./metricsClient.ts";
import type { ReportingClient } from "./reportingClient.ts";

interface Item {
  readonly name: string;
  readonly value: number;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly count?: number;
}

/** A request, with its body read. */
interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly items: readonly Item[];
  readonly dropped: Readonly<Record<string, number>> | undefined;
  readonly bytes: number;
}

let server: Server;
let url: string;
let received: Received[];
/** Answers of the next requests, in order. Further requests are accepted. */
let answers: RequestListener[];
let sockets: Set<Socket>;
/** Requests that are being answered, and the most of them at one time. */
let active: Set<unknown>;
let mostActive: number;
let clients: ReportingClient[];
let problems: string[];

const HOUR = 3_600_000;
const { random } = Math;
const { now } = Date;

const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

const accept = answer(202, {}, '{"accepted":1,"rejected":[]}');

beforeEach(async () => {
  received = [];
  answers = [];
  clients = [];
  problems = [];
  sockets = new Set();
  mostActive = 0;
  const answering = (active = new Set());
  server = createServer((request, response) => {
    answering.add(response);
    mostActive = Math.max(mostActive, answering.size);
    response.on("close", () => answering.delete(response));
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { items, dropped } = JSON.parse(body.toString()) as Received;
      received.push({
        headers: request.headers,
        path: request.url!,
        items,
        dropped,
        bytes: body.length,
      });
      (answers.shift() ?? accept)(request, response);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  Math.random = random;
  Date.now = now;
  vi.unstubAllEnvs();
  await Promise.all(clients.map((client) => client.close()));
  server.closeAllConnections();
  server.close();
});

function start(options: Partial<MetricsClientOptions> = {}): ReportingClient {
  const client = createMetricsClient({
    url,
    token: "secret",
    flushIntervalMs: 3_600_000,
    closeTimeoutMs: 200,
    onProblem: (message) => void problems.push(message),
    ...options,
  });
  clients.push(client);
  return client;
}

/** Tries again without a pause. */
function retryAtOnce(): void {
  Math.random = () => 0;
}

/** Moves the clock of the system, by which neither timers nor durations go. */
function moveClock(ms: number): void {
  Date.now = () => now() + ms;
}

const itemsOf = (name: string): Item[] =>
  received.flatMap(({ items }) => items).filter((item) => item.name === name);

describe("an option that is wrong is refused at the start", () => {
  test.each([
    ["flushIntervalMs", 9],
    ["flushIntervalMs", HOUR + 1],
    ["maxItems", 0],
    ["maxItems", 1_000_001],
    ["maxBytes", 1_023],
    ["requestTimeoutMs", 0],
    ["requestTimeoutMs", Number.POSITIVE_INFINITY],
    ["closeTimeoutMs", -1],
    ["closeTimeoutMs", Number.NaN],
  ] as const)("%s: %d", (name, value) => {
    expect(() => start({ [name]: value })).toThrow(
      new RegExp(`^\\[rumkit\\] ${name} must be a number from \\d+ to \\d+, not ${value}\\.$`),
    );
  });

  test.each([
    ["a text", "1000", '"1000"'],
    ["a bigint, which no timer takes", 1_000n, "1000"],
    ["an object", {}, "[object Object]"],
    ["true", true, "true"],
  ])("a number that is %s", (_title, value, shown) => {
    expect(() => start({ flushIntervalMs: value as never })).toThrow(`, not ${shown}.`);
  });

  test.each([
    ["flushIntervalMs", 10],
    ["flushIntervalMs", HOUR],
    ["maxItems", 1],
    ["maxItems", 1_000_000],
    ["maxBytes", 1_024],
    ["closeTimeoutMs", 0],
    ["flushIntervalMs", undefined],
  ] as const)("%s: %d is in its range", (name, value) => {
    expect(() => start({ [name]: value as never })).not.toThrow();
  });

  test.each(["", "metrics.example", "/ingest", "ftp://metrics.example", "javascript:1", "http://"])(
    "the URL %j",
    (wrong) => {
      expect(() => start({ url: wrong })).toThrow(
        new TypeError(
          `[rumkit] "${wrong}" is not the URL of a collector. Write e.g. https://metrics.example.`,
        ),
      );
    },
  );

  test("a URL with a password, which `fetch` would refuse again and again. The message does not repeat it", () => {
    for (const wrong of ["https://eve:hunter2@metrics.example", "https://hunter2@metrics.example/ingest"]) {
      expect(() => start({ url: wrong })).toThrow(/^\[rumkit\] The URL of metrics\.example has a user name/);
      expect(() => start({ url: wrong })).not.toThrow(/hunter2/);
    }
  });

  test.each(["two words", "line\nbreak", "ключ", "a\u0000b", "tab\there"])(
    "the token %j, which no header can have. The message does not repeat it",
    (token) => {
      expect(() => start({ token })).toThrow(/^\[rumkit\] The token has a space, a line break or a letter/);
      expect(() => start({ token })).not.toThrow(token);
    },
  );
});

describe("a request", () => {
  test.each([
    ["", "/ingest"],
    ["/", "/ingest"],
    ["/?key=a", "/ingest?key=a"],
    ["/metrics/ingest", "/metrics/ingest"],
    ["/metrics/ingest?key=a", "/metrics/ingest?key=a"],
  ])("to the collector at %j goes to %s", async (path, expected) => {
    const { record, flush } = start({ url: new URL(url + path) });
    record("a", 1);
    expect(await flush()).toBe(true);
    expect(received[0]!.path).toBe(expected);
  });

  test.each([
    ["of the options", "given", "env", "Bearer given"],
    ["of the environment", undefined, "env", "Bearer env"],
    ["of a file with a line break at its end", "given\n", undefined, "Bearer given"],
    ["that is empty", "", undefined, undefined],
    ["that is missing", undefined, undefined, undefined],
    ["that is empty in the environment", undefined, "", undefined],
  ])("has the token %s", async (_title, token, env, expected) => {
    vi.stubEnv("RUMKIT_INGEST_TOKEN", env);
    const { record, flush } = start({ token: token as never });
    record("a", 1);
    await flush();
    expect(received[0]!.headers.authorization).toBe(expected);
  });

  test("is JSON with a key that no other batch has, and leaves no header to a guess", async () => {
    const { record, flush } = start();
    for (let index = 0; index < 3; index += 1) {
      record("a", index);
      await flush();
    }
    const keys = received.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"$/);
    expect(received[0]!.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(received[0]!.bytes),
    });
  });

  test("has the values in the order in which they were recorded, and equal increments once", async () => {
    const { record, increment, flush } = start();
    record("queue", 3);
    increment("jobs", { queue: "mail", host: "a" });
    record("queue", 2);
    increment("jobs", { host: "a", queue: "mail" });
    increment("jobs", { queue: "pdf" }, 5);
    record("queue", 2);
    await flush();
    expect(received.map(({ items }) => items)).toEqual([
      [
        { name: "queue", value: 3 },
        { name: "jobs", value: 1, tags: { host: "a", queue: "mail" }, count: 2 },
        { name: "queue", value: 2 },
        { name: "jobs", value: 5, tags: { queue: "pdf" } },
        { name: "queue", value: 2 },
      ],
    ]);
  });

  test("follows the previous one, on a connection that is kept", async () => {
    const { record, flush, status } = start();
    for (let index = 0; index < 3_500; index += 1) record("a", index);
    const flushes = [flush(), flush(), flush()];
    await expect.poll(() => received.length).toBeGreaterThan(0);
    record("b", 1);
    await Promise.all(flushes);
    await flush();
    expect(received.slice(0, 3).map(({ items }) => items.length)).toEqual([1_000, 1_000, 1_000]);
    expect(itemsOf("a").map(({ value }) => value)).toEqual(
      Array.from({ length: 3_500 }, (_, index) => index),
    );
    expect(mostActive).toBe(1);
    expect(new Set(received.map(({ headers }) => headers.connection))).toEqual(new Set(["keep-alive"]));
    expect(status()).toMatchObject({ waiting: 0, delivered: 3_501 });
  });

  test("arrives although the server has closed the idle connection", async () => {
    retryAtOnce();
    const { record, flush, status } = start();
    for (let index = 0; index < 20; index += 1) {
      record("a", index);
      await flush();
      for (const socket of sockets) socket.destroy();
    }
    await expect.poll(() => flush()).toBe(true);
    expect(new Set(itemsOf("a").map(({ value }) => value)).size).toBe(20);
    expect(status()).toMatchObject({ waiting: 0, delivered: 20 });
  });

  test("is at most 256 KiB, however many bytes its letters take", async () => {
    const { record, flush, status } = start({ maxBytes: 64 * 1_048_576 });
    for (let index = 0; index < 2_000; index += 1)
      record("a", index, Object.fromEntries(Array.from("abcdefgh").map((key) => [key, "字".repeat(128)])));
    expect(await flush()).toBe(true);
    expect(Math.max(...received.map(({ bytes }) => bytes))).toBeLessThanOrEqual(262_144);
    expect(status()).toMatchObject({ delivered: 2_000, dropped: { oversize: 0 } });
  });

  test("is not sent while nothing waits", async () => {
    const { flush } = start({ flushIntervalMs: 10 });
    expect(await flush()).toBe(true);
    await wait(50);
    expect(received).toEqual([]);
  });
});

describe("a failure is followed by the same bytes with the same key", () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 599])("after %i", async (status) => {
    retryAtOnce();
    answers.push(answer(status), answer(status));
    const client = start();
    client.record("a", 1);
    void client.flush();
    await expect.poll(() => client.status().delivered).toBe(1);
    expect(received).toHaveLength(3);
    const [first, ...others] = received.map(({ headers, items }) => [headers["idempotency-key"], items]);
    for (const other of others) expect(other).toEqual(first);
    expect(problems).toEqual([]);
  });

  test.each([
    ["before it answers", (request) => request.socket.destroy()],
    ["within its header", (request) => request.socket.end("HTTP/1.1 202 Acc")],
    [
      "within its body",
      (request, response) => {
        response.writeHead(202, { "content-length": "100" }).write("{");
        request.socket.end();
      },
    ],
    ["with an answer that is not HTTP", (request) => request.socket.end("220 mail.example ESMTP\r\n")],
    [
      "with a body that is not the gzip that it announces",
      answer(202, { "content-encoding": "gzip" }, "plain"),
    ],
  ] as [string, RequestListener][])("of a server that breaks off %s", async (_title, fault) => {
    retryAtOnce();
    answers.push(fault);
    const client = start();
    client.record("a", 1);
    void client.flush();
    await expect.poll(() => client.status().delivered).toBe(1);
    expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(client.status()).toMatchObject({ waiting: 0, dropped: { refused: 0, expired: 0 } });
  });

  test.each([
    ["sends no header", () => {}],
    ["sends no body", (_request, response) => response.writeHead(202).flushHeaders()],
    [
      "never ends its body",
      (_request, response) => {
        const timer = setInterval(() => response.write(" "), 5);
        response.writeHead(202).on("close", () => clearInterval(timer));
      },
    ],
  ] as [string, RequestListener][])("of a server that %s in time", async (_title, fault) => {
    retryAtOnce();
    answers.push(fault);
    const client = start({ requestTimeoutMs: 300 });
    client.record("a", 1);
    void client.flush();
    await expect.poll(() => client.status().delivered).toBe(1);
    expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(received.length).toBeGreaterThanOrEqual(2);
  });

  test("and values that come meanwhile are the next batch, in order", async () => {
    retryAtOnce();
    answers.push(answer(503), answer(503));
    const { record, flush, status } = start();
    record("a", 1);
    await flush();
    record("a", 2);
    await expect.poll(() => flush().then(() => status().waiting)).toBe(0);
    expect(received.map(({ items }) => items.map(({ value }) => value))).toEqual([[1], [1], [1], [2]]);
  });
});

describe("a refusal is final", () => {
  test.each([301, 307, 400, 401, 403, 404, 409, 413, 422])("%i", async (status) => {
    answers.push(answer(status, { location: "/elsewhere" }, "because"));
    const { record, flush, ...client } = start();
    record("a", 1);
    record("a", 2);
    expect(await flush()).toBe(true);
    expect(received).toHaveLength(1);
    expect(client.status()).toMatchObject({ waiting: 0, delivered: 0, dropped: { refused: 2 } });
    expect(problems).toEqual([expect.stringContaining(`it answers ${status}: because`)]);
  });

  test("which the next batch reports once, and again if that is refused too", async () => {
    answers.push(answer(401), answer(401));
    const { record, flush } = start();
    for (let index = 0; index < 4; index += 1) {
      record("a", index);
      await flush();
    }
    expect(received.map(({ dropped }) => dropped)).toEqual([
      undefined,
      { refused: 1 },
      { refused: 2 },
      undefined,
    ]);
    expect(problems).toHaveLength(1);
  });

  test("of one item does not concern the others, and says the first of each reason", async () => {
    const rejected = [
      { index: 1, code: "unknown_name", message: '"b" is unknown.' },
      { index: 2, code: "unknown_name", message: '"c" is unknown.' },
      { index: 3, code: "bad_number", message: "Too large." },
      { index: 99, code: "bad_item", message: "The item is unknown." },
    ];
    answers.push(answer(202, {}, JSON.stringify({ accepted: 1, rejected })));
    const { record, increment, flush, status } = start();
    record("a", 1);
    increment("b");
    increment("b");
    record("c", 1);
    record("d", 1);
    await flush();
    // Two increments are one item. An item that was not sent is one value.
    expect(status()).toMatchObject({ delivered: 5, rejected: 5, dropped: { refused: 0 } });
    expect(problems.map((problem) => problem.replace(/.*: /, ""))).toEqual([
      '"b" is unknown.',
      "Too large.",
      "The item is unknown.",
    ]);
  });
});

describe("a pause that the collector asks for", () => {
  /** Answers with a date by a clock that is wrong by `off` milliseconds. */
  const busyUntil = (off: number, pauseMs: number): RequestListener => {
    const theirs = Date.now() + off;
    return answer(503, {
      date: new Date(theirs).toUTCString(),
      "retry-after": new Date(theirs + pauseMs).toUTCString(),
    });
  };

  test.each([
    ["in seconds", () => answer(429, { "retry-after": "2" })],
    ["as a date", () => busyUntil(0, 2_000)],
    ["as a date, by a clock that is an hour ahead", () => busyUntil(HOUR, 2_000)],
    ["as a date, by a clock that is an hour behind", () => busyUntil(-HOUR, 2_000)],
  ])("%s is kept, also by `flush`", async (_title, busy) => {
    retryAtOnce();
    answers.push(busy());
    const { record, flush, status } = start();
    const began = performance.now();
    record("a", 1);
    expect(await flush()).toBe(false);
    expect(await flush()).toBe(false);
    await expect.poll(() => status().delivered).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(received).toHaveLength(2);
  });

  test.each([
    ["back by an hour", -HOUR],
    ["forth by an hour", HOUR],
    ["back to 1970", -Date.now()],
  ])("is as long if the system's clock jumps %s", async (_title, jump) => {
    retryAtOnce();
    answers.push(answer(503, { "retry-after": "1" }));
    const { record, flush, close } = start({ closeTimeoutMs: 60_000 });
    const began = performance.now();
    record("a", 1);
    expect(await flush()).toBe(false);
    moveClock(jump);
    record("a", 2);
    expect(await close()).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(990);
    expect(itemsOf("a").map(({ value }) => value)).toEqual([1, 1, 2]);
  });

  test("does not delay an end that cannot wait for it", async () => {
    answers.push(answer(503, { "retry-after": "3600" }));
    const { record, flush, close, status } = start({ closeTimeoutMs: 60_000 });
    record("a", 1);
    await flush();
    expect(await close()).toBe(1);
    expect(status().dropped.closed).toBe(1);
    expect(received).toHaveLength(1);
  });
});

describe("a value that cannot be delivered for a day", () => {
  test("is dropped, and the next batch reports it", async () => {
    retryAtOnce();
    answers.push(answer(503));
    const { record, flush, status } = start();
    record("a", 1);
    await flush();
    answers.push(...Array.from({ length: 1_000 }, () => answer(503)));
    moveClock(24 * HOUR + 1);
    await expect.poll(() => status().dropped.expired).toBe(1);
    expect(problems).toEqual([expect.stringContaining("it answers 503")]);
    answers = [];
    record("a", 2);
    await expect.poll(() => flush().then(() => status().delivered)).toBe(1);
    expect(received.at(-1)).toMatchObject({ items: [{ value: 2 }], dropped: { expired: 1 } });
  });

  test("is kept until then", async () => {
    retryAtOnce();
    answers.push(answer(503), answer(503));
    const { record, flush, status } = start();
    record("a", 1);
    await flush();
    moveClock(24 * HOUR - 60_000);
    await expect.poll(() => status().delivered).toBe(1);
    expect(status().dropped.expired).toBe(0);
  });
});

describe("the end", () => {
  test("is the same for everyone who asks, and values that come later are dropped", async () => {
    const { record, close, flush, status } = start({ closeTimeoutMs: 100_000 });
    record("a", 1);
    const ends = [close(), close()];
    expect(ends[0]).toBe(ends[1]);
    record("a", 2);
    expect(await Promise.all(ends)).toEqual([0, 0]);
    expect(await flush()).toBe(true);
    expect(status()).toMatchObject({ waiting: 0, delivered: 1, dropped: { closed: 1 } });
    expect(received).toHaveLength(1);
  });

  test("waits for the request under way, and for what came after it", async () => {
    let release = (): void => {};
    answers.push((request, response) => {
      release = () => accept(request, response);
    });
    const { record, flush, close } = start({ closeTimeoutMs: 60_000 });
    record("a", 1);
    void flush();
    await expect.poll(() => received).toHaveLength(1);
    record("a", 2);
    const end = close();
    release();
    expect(await end).toBe(0);
    expect(itemsOf("a").map(({ value }) => value)).toEqual([1, 2]);
  });

  test("without a time tries once at most, and counts what is lost", async () => {
    answers.push(() => {});
    const { record, flush, close, status } = start({ closeTimeoutMs: 0 });
    record("a", 1);
    const flushed = flush();
    await expect.poll(() => received).toHaveLength(1);
    record("a", 2);
    expect(await close()).toBe(2);
    expect(await flushed).toBe(false);
    expect(status()).toMatchObject({ waiting: 0, delivered: 0, dropped: { closed: 2 } });
  });

  test("leaves no request, no timer and no listener behind", async () => {
    answers.push(answer(503, { "retry-after": "2" }));
    const { record, flush, close } = start({ flushIntervalMs: 10 });
    record("a", 1);
    await flush();
    await close();
    const seen = received.length;
    await wait(100);
    expect(received).toHaveLength(seen);
    expect(active.size).toBe(0);
  });
});

describe("every value is waiting, delivered or dropped", () => {
  const FAULTS: RequestListener[] = [
    accept,
    answer(503),
    answer(429, { "retry-after": "0" }),
    answer(401),
    answer(413),
    (request) => request.socket.destroy(),
  ];
  const call = fc.oneof(
    fc.record({ do: fc.constant("record" as const), value: fc.constantFrom(1, 2, Number.NaN) }),
    fc.record({ do: fc.constant("increment" as const), value: fc.constantFrom(1, 2) }),
    fc.record({ do: fc.constant("flush" as const) }),
  );

  test("whatever the collector answers", async () => {
    retryAtOnce();
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 30 }),
        fc.array(fc.nat(FAULTS.length - 1), { maxLength: 10 }),
        async (calls, faults) => {
          answers = faults.map((index) => FAULTS[index]!);
          const client = start({ maxItems: 5, closeTimeoutMs: 20_000 });
          let recorded = 0;
          const check = (): void => {
            const { waiting, delivered, dropped } = client.status();
            const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
            expect(waiting + delivered + lost).toBe(recorded);
          };
          for (const one of calls) {
            if (one.do === "flush") await client.flush();
            else if (one.do === "record") client.record("a", one.value);
            else client.increment("b", {}, one.value);
            if (one.do !== "flush") recorded += 1;
            check();
          }
          expect(await client.close()).toBe(0);
          check();
          expect(client.status().waiting).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });
});

test("a problem is a warning of the process by default, with a code to filter it by", async () => {
  answers.push(answer(401));
  const client = createMetricsClient({ url, token: "secret" });
  clients.push(client);
  const warned = once(process, "warning") as Promise<[Error & { code?: string }]>;
  client.record("a", 1);
  await client.flush();
  const [warning] = await warned;
  expect(warning).toMatchObject({ name: "RumkitWarning", code: "RUMKIT_CLIENT" });
  expect(warning.message).toContain("it answers 401");
});

describe("options that are not an object", () => {
  const NONE = [undefined, null, 5, true, "text", Symbol("options"), () => {}] as never[];

  test.each(NONE)("of a job count as none: %o", async (options) => {
    const client = start();
    expect(client.trackJob("mail", () => "sent", options)()).toBe("sent");
    await client.flush();
    const names = received.flatMap(({ items }) => items.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(["jobs_accepted_total", "job_duration_seconds"]));
  });

  test.each(NONE)("of a client name what is missing: %o", (options) => {
    expect(() => createMetricsClient(options)).toThrow(
      new TypeError(
        '[rumkit] "undefined" is not the URL of a collector. Write e.g. https://metrics.example.',
      ),
    );
  });

  test.each(NONE)("of the class count as none: %o", async (options) => {
    await expect(new MetricsClient(url, options).close()).resolves.toBe(0);
  });
});

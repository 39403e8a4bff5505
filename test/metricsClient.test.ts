import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { getRequestListener } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { scrape } from "./support/scrape.ts";
import { type Collector, createCollector } from "@rumkit/server";
import {
  createMetricsClient,
  MetricsClient,
  type MetricsClientOptions,
  type ReportingClient,
} from "@rumkit/client";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  jobs: { mail: { help: "Mails sent." } },
  ingested: {
    "jobs.done": { help: "Jobs.", type: "counter", labels: { queue: ["mail", "pdf"] } },
    "mail.duration": {
      help: "Jobs.",
      type: "histogram",
      unit: "seconds",
      buckets: [1],
      labels: { outcome: ["success", "failure"] },
    },
    "mails.waiting": { help: "Jobs that wait.", type: "gauge" },
  },
});
const TOKEN = "k".repeat(32);

interface Received {
  readonly key: string;
  readonly body: string;
}

let collector: Collector<typeof catalog>;
let server: Server;
let url: string;
/** The items that arrived, in order. */
let received: Received[];
/** The fate of the next requests, in order; then the collector answers. */
let faults: RequestListener[];
let clients: ReportingClient[];
let problems: string[];

beforeEach(async () => {
  collector = createCollector({ catalog, runtimeMetrics: false, ingestTokens: [TOKEN] });
  received = [];
  faults = [];
  clients = [];
  problems = [];
  const answer = getRequestListener(collector.app.fetch);
  server = createServer((request, response) => {
    const fault = faults.shift();
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => received.push({ key: String(request.headers["idempotency-key"]), body }));
    if (fault) fault(request, response);
    else void answer(request, response);
  });
  await listen(server);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  restoreRandom();
  await Promise.all(clients.map((client) => client.close()));
  server.closeAllConnections();
  server.close();
  await collector.stop();
});

async function listen(on: Server, port = 0): Promise<void> {
  on.listen(port, "127.0.0.1");
  await once(on, "listening");
}

function start(options: Partial<MetricsClientOptions> = {}): ReportingClient {
  const client = createMetricsClient({
    url,
    token: TOKEN,
    closeTimeoutMs: 300,
    onProblem: (message) => void problems.push(message),
    ...options,
  });
  clients.push(client);
  return client;
}

/** Pauses between tries are random from 0 on: none is as right as any. */
function retryAtOnce(): void {
  Math.random = () => 0;
}

const { random } = Math;
function restoreRandom(): void {
  Math.random = random;
}

async function total(series: string): Promise<number | undefined> {
  return (await scrape(collector.app)).get(series);
}

/** Refuses once, after the body came. */
function refuse(status: number, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    request.on("end", () => response.writeHead(status, headers).end('{"error":{}}')).resume();
  };
}

/** Takes the values, and loses the answer. */
const loseReply: RequestListener = (request, response) => {
  response.end = () => response.destroy();
  void getRequestListener(collector.app.fetch)(request, response);
};

const reset: RequestListener = (request) => {
  request.socket.resetAndDestroy();
};

const neverAnswer: RequestListener = (request) => {
  request.resume();
};

describe("values", () => {
  test("arrive as they were recorded", async () => {
    const { record, increment, time, flush, status } = start();
    increment("jobs.done", { queue: "mail" });
    increment("jobs.done", { queue: "pdf" }, 2.5);
    record("mails.waiting", 7);
    record("mails.waiting", 3);
    record("mails.waiting", 7);
    time("mail.duration", () => {});
    expect(await flush()).toBe(true);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(1);
    expect(await total('jobs_done_total{queue="pdf"}')).toBe(2.5);
    expect(await total("mails_waiting")).toBe(7);
    expect(await total('mail_duration_seconds_count{outcome="success"}')).toBe(1);
    expect(status()).toMatchObject({ waiting: 0, delivered: 6, rejected: 0 });
  });

  test("that are equal increments travel as one, whatever the order of their tags", async () => {
    const { increment, flush } = start();
    for (let index = 0; index < 500; index += 1) {
      increment("jobs.done", { queue: "mail", host: "a" });
      increment("jobs.done", { host: "a", queue: "mail" });
    }
    await flush();
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      { items: [{ name: "jobs.done", value: 1, tags: { host: "a", queue: "mail" }, count: 1_000 }] },
    ]);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(1_000);
  });

  test("gather for a second and leave by themselves", async () => {
    const { increment } = start({ flushIntervalMs: 500 });
    increment("jobs.done", { queue: "mail" });
    // What comes later, long before the time is over, goes with it.
    await turn();
    increment("jobs.done", { queue: "mail" });
    await expect.poll(() => received).toHaveLength(1);
    expect(JSON.parse(received[0]!.body)).toMatchObject({ items: [{ name: "jobs.done", count: 2 }] });
    increment("jobs.done", { queue: "mail" });
    await expect.poll(() => total('jobs_done_total{queue="mail"}')).toBe(3);
  });

  test("are sent a thousand at a time, the next as soon as a thousand wait", async () => {
    const { record, status } = start({ flushIntervalMs: 60_000 });
    for (let index = 0; index < 4_500; index += 1) record("mails.waiting", index);
    await expect.poll(() => status().delivered).toBe(4_500);
    const sizes = received.map(({ body }) => (JSON.parse(body) as { items: unknown[] }).items.length);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 1_000, 500]);
    expect(await total("mails_waiting")).toBe(4_499);
  });

  test("of one client are sent in order, one request at a time, and gauges end at the last one", async () => {
    retryAtOnce();
    faults.push(refuse(503), loseReply);
    const { record, flush } = start();
    record("mails.waiting", 1);
    await flush();
    record("mails.waiting", 2);
    await expect
      .poll(async () => {
        await flush();
        return total("mails_waiting");
      })
      .toBe(2);
  });
});

describe("a batch", () => {
  test.each([408, 425, 429, 500, 502, 503, 504])(
    "that is answered with %i goes again, the same bytes under the same key",
    async (status) => {
      retryAtOnce();
      faults.push(refuse(status), refuse(status));
      const { increment } = start({ flushIntervalMs: 10 });
      increment("jobs.done", { queue: "mail" });
      await expect.poll(() => total('jobs_done_total{queue="mail"}')).toBe(1);
      expect(received).toHaveLength(3);
      expect(new Set(received.map(({ key, body }) => key + body)).size).toBe(1);
      expect(problems).toEqual([]);
    },
  );

  test("whose answer is lost, or whose connection breaks, counts once", async () => {
    retryAtOnce();
    faults.push(loseReply, reset, loseReply);
    const { increment, status } = start({ flushIntervalMs: 10 });
    increment("jobs.done", { queue: "mail" });
    await expect.poll(() => status().delivered).toBe(1);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(1);
    expect(await total("rum_ingest_requests_duplicate_total")).toBe(2);
  });

  test("that is not answered goes again after the request's time", async () => {
    retryAtOnce();
    faults.push(neverAnswer, neverAnswer);
    const { increment, status } = start({ flushIntervalMs: 10, requestTimeoutMs: 200 });
    increment("jobs.done", { queue: "mail" });
    await expect.poll(() => status().delivered).toBe(1);
    // A slow machine may let the time of requests pass that are answered: they go again as well, and count once.
    expect(received.length).toBeGreaterThanOrEqual(3);
    expect(new Set(received.map(({ key, body }) => key + body)).size).toBe(1);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(1);
  });

  test("waits as long as Retry-After says", async () => {
    retryAtOnce();
    faults.push(refuse(429, { "retry-after": "2" }));
    const { increment, flush } = start({ flushIntervalMs: 10 });
    const began = performance.now();
    increment("jobs.done", { queue: "mail" });
    expect(await flush()).toBe(false);
    // Nor does asking for it change that.
    expect(await flush()).toBe(false);
    await expect.poll(() => received).toHaveLength(2);
    expect(performance.now() - began).toBeGreaterThan(1_990);
  });

  test("waits for a collector that is not there yet", async () => {
    retryAtOnce();
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    server.close();
    const { increment, flush, status } = start({ flushIntervalMs: 10 });
    increment("jobs.done", { queue: "mail" });
    expect(await flush()).toBe(false);
    await listen(server, port);
    await expect.poll(() => status().delivered).toBe(1);
  });

  test("that is refused is dropped, said once, and told with the next one", async () => {
    faults.push(refuse(401), refuse(422));
    const { increment, flush, status } = start();
    for (let index = 0; index < 3; index += 1) {
      increment("jobs.done", { queue: "mail" });
      await flush();
    }
    expect(status()).toMatchObject({ waiting: 0, delivered: 1, dropped: { refused: 2 } });
    expect(problems).toEqual([expect.stringContaining("it answers 401")]);
    expect(await total('rum_ingest_items_dropped_total{reason="refused"}')).toBe(2);
  });

  test("is not sent where a redirect points to", async () => {
    faults.push(refuse(307, { location: `${url}/elsewhere` }));
    const { increment, flush, status } = start();
    increment("jobs.done", { queue: "mail" });
    await flush();
    expect(received).toHaveLength(1);
    expect(status().dropped.refused).toBe(1);
  });

  test("with items that the collector cannot count is delivered, and the first of them is said", async () => {
    const { increment, flush, status } = start();
    increment("jobs.done", { queue: "fax" });
    increment("jobs.done", { queue: "fax" });
    increment("jobs.done", { queue: "mail" });
    await flush();
    expect(status()).toMatchObject({ delivered: 3, rejected: 2 });
    expect(problems).toEqual([expect.stringContaining('"queue" cannot be "fax"')]);
  });

  test("of two hundred meets random faults: nothing is lost, nothing counts twice", async () => {
    retryAtOnce();
    let seed = 1;
    const below = (most: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    const kinds = [refuse(503), refuse(429), loseReply, reset];
    const { increment, flush, status } = start();
    for (let index = 0; index < 200; index += 1) {
      while (below(3) === 0) faults.push(kinds[below(kinds.length)]!);
      increment("jobs.done", { queue: "mail" }, index);
      await flush();
    }
    await expect.poll(() => flush()).toBe(true);
    expect(await total('jobs_done_total{queue="mail"}')).toBe((199 * 200) / 2);
    expect(status()).toMatchObject({ waiting: 0, delivered: 200 });
    expect(await total("rum_ingest_requests_duplicate_total")).toBeGreaterThan(10);
  });
});

describe("the queue has an end", () => {
  test("in items: what is new past it is dropped, what merges is not, and the collector learns of it", async () => {
    const { record, increment, flush, status } = start({ maxItems: 3, flushIntervalMs: 60_000 });
    increment("jobs.done", { queue: "mail" });
    for (let index = 0; index < 5; index += 1) record("mails.waiting", index);
    increment("jobs.done", { queue: "mail" });
    expect(status()).toMatchObject({ waiting: 4, dropped: { queue_full: 3 } });
    await flush();
    expect(await total('rum_ingest_items_dropped_total{reason="queue_full"}')).toBe(3);
    expect(problems).toHaveLength(1);
  });

  test("in bytes", () => {
    const { record, status } = start({ maxBytes: 10_000, flushIntervalMs: 60_000 });
    for (let index = 0; index < 1_000; index += 1) record("mails.waiting", index, { text: "x".repeat(100) });
    const { waiting, dropped } = status();
    expect(waiting).toBeGreaterThan(50);
    expect(waiting).toBeLessThan(100);
    expect(dropped.queue_full).toBe(1_000 - waiting);
  });

  test("and no batch is larger than the collector takes", async () => {
    const { record, flush, status } = start();
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, "é".repeat(200)]));
    for (let index = 0; index < 300; index += 1) record("mails.waiting", index, tags);
    await flush();
    expect(status()).toMatchObject({ delivered: 300, rejected: 0 });
    expect(Math.max(...received.map(({ body }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(262_144);
  });
});

describe("a call", () => {
  test("never throws, whatever it gets", async () => {
    const client = start({
      onProblem: () => {
        throw new Error("the app's own");
      },
    });
    const { record, increment } = client as unknown as Record<
      "record" | "increment",
      (...given: unknown[]) => void
    >;
    const throwing = {
      get queue(): string {
        throw new Error("no");
      },
    };
    const bad = { toString: () => { throw new Error("no"); } }; // prettier-ignore
    record();
    record(Symbol("a"), 1);
    record(bad, 1);
    record("", 1);
    record("a", Number.NaN);
    record("a", Number.POSITIVE_INFINITY);
    record("a", 1n);
    record("a", 1e300);
    record("x".repeat(129), 1);
    increment("a", throwing);
    increment("a", {}, "1");
    expect(client.status()).toMatchObject({ waiting: 0, dropped: { invalid: 11 } });
    increment("a", "no tags");
    increment("a", {
      nested: {},
      none: undefined,
      odd: "\ud800",
      ["k".repeat(129)]: 1,
      nan: Number.NaN,
    });
    expect(await client.flush()).toBe(true);
    expect(client.status()).toMatchObject({ delivered: 2, rejected: 0 });
  });

  test("takes what comes while the collector does not answer", async () => {
    faults.push(neverAnswer);
    const { increment, record, flush } = start({ maxItems: 1_000_000, closeTimeoutMs: 0 });
    increment("jobs.done", { queue: "mail" });
    void flush();
    await expect.poll(() => received).toHaveLength(1);
    for (let index = 0; index < 20_000; index += 1) expect(record("mails.waiting", index)).toBe(undefined);
    expect(received).toHaveLength(1);
  });

  test.each([
    ["ftp://metrics.example", {}],
    ["metrics", {}],
    [undefined, { flushIntervalMs: Number.NaN }],
    [undefined, { maxItems: 0 }],
  ])("with a wrong option (%s, %j) is refused at the start", (wrong, options) => {
    expect(() => start({ ...(wrong !== undefined && { url: wrong }), ...options })).toThrow(TypeError);
  });
});

describe("time", () => {
  const series = (outcome: string): string => `mail_duration_seconds_count{outcome="${outcome}"}`;

  test("returns and throws what the function does, and says how it ended", async () => {
    const { time, flush } = start();
    const failure = new Error("no");
    const fail = (): never => {
      throw failure;
    };
    expect(time("mail.duration", () => 42)).toBe(42);
    expect(await time("mail.duration", async () => wait(30, "late"))).toBe("late");
    expect(() => time("mail.duration", fail)).toThrow(failure);
    await expect(time("mail.duration", async () => fail())).rejects.toBe(failure);
    await flush();
    expect(await total(series("success"))).toBe(2);
    expect(await total(series("failure"))).toBe(2);
    expect(await total('mail_duration_seconds_sum{outcome="success"}')).toBeGreaterThan(0.029);
  });

  test("leaves the caller's own outcome, and runs what is lazy once, when it is asked for", async () => {
    const { time, flush } = start();
    let runs = 0;
    const lazy = {
      // oxlint-disable-next-line unicorn/no-thenable -- a query builder is one
      then: (resolve: (value: number) => void) => {
        runs += 1;
        resolve(runs);
      },
    } as PromiseLike<number>;
    const timed = time("mail.duration", () => lazy, { outcome: "failure" });
    expect([timed, runs]).toEqual([lazy, 0]);
    expect(await timed).toBe(1);
    await flush();
    expect(runs).toBe(1);
    expect(await total(series("failure"))).toBe(1);
  });
});

describe("jobs of another process", () => {
  test("are the collector's own: accepted, and timed by how they ended", async () => {
    const { trackJob, timed, flush, status } = start();
    const send = trackJob("mail", async function send(this: { host: string }, to: string) {
      await Promise.resolve();
      if (to === "nobody") throw new Error("no");
      return `${to} at ${this.host}`;
    });
    expect([send.name, send.length]).toEqual(["send", 1]);
    expect(await send.call({ host: "a" }, "eve")).toBe("eve at a");
    await expect(send.call({ host: "a" }, "nobody")).rejects.toThrow("no");
    expect(timed("mail", () => 7)).toBe(7);
    expect(await flush()).toBe(true);
    expect(await total('jobs_accepted_total{job_name="mail"}')).toBe(3);
    expect(await total('job_duration_seconds_count{job_name="mail",outcome="done"}')).toBe(2);
    expect(await total('job_duration_seconds_count{job_name="mail",outcome="error"}')).toBe(1);
    expect(await total('jobs_in_flight{job_name="mail"}')).toBe(0);
    expect(status()).toMatchObject({ delivered: 6, rejected: 0 });
  });

  test("are in flight while they run, beside those of the collector", async () => {
    const { timed, close } = start({ flushIntervalMs: 10 });
    const inFlight = () => total('jobs_in_flight{job_name="mail"}');
    const { promise, resolve } = Promise.withResolvers<void>();
    const both = [timed("mail", () => promise), timed("mail", () => promise)];
    await expect.poll(inFlight).toBe(2);
    const own = collector.timed("mail", () => promise);
    expect(await inFlight()).toBe(3);
    resolve();
    await Promise.all([...both, own]);
    await close();
    expect(await inFlight()).toBe(0);
  });

  test("with an id count once, however often they are run, and before their promise settles", async () => {
    const series = (outcome: string): string =>
      `job_duration_seconds_count{job_name="mail",outcome="${outcome}"}`;
    const send = async (job: { id: string; fails?: boolean }): Promise<string> => {
      await Promise.resolve();
      if (job.fails) throw new Error(`no ${job.id}`);
      return job.id;
    };
    // Two workers: the first was killed before it could acknowledge the job, so the second gets it again.
    const [first, second] = [start(), start()].map(({ trackJob }) =>
      trackJob("mail", send, { id: (job) => job.id }),
    );
    expect(await first!({ id: "7" })).toBe("7");
    expect(await total(series("done"))).toBe(1);
    expect(await second!({ id: "7" })).toBe("7");
    await expect(second!({ id: "8", fails: true })).rejects.toThrow("no 8");
    await expect(first!({ id: "8", fails: true })).rejects.toThrow("no 8");
    expect([await total(series("done")), await total(series("error"))]).toEqual([1, 1]);
  });

  test("with an id that no key can have count with each run", async () => {
    const { trackJob, flush, status } = start();
    const ids = ["", "a b", '"', "x".repeat(129), 7 as unknown as string];
    const send = trackJob("mail", async (id: string) => id, { id: (id) => id });
    for (const id of ids) expect(await send(id)).toBe(id);
    const broken = trackJob("mail", async () => 1, {
      id: () => {
        throw new Error("no id");
      },
    });
    expect(await broken()).toBe(1);
    await flush();
    expect(await total('job_duration_seconds_count{job_name="mail",outcome="done"}')).toBe(6);
    expect(status()).toMatchObject({ waiting: 0, rejected: 0 });
  });

  test("with an id count once where the collector is away for a while", async () => {
    retryAtOnce();
    faults.push(refuse(503), reset, refuse(503));
    const { trackJob, close, status } = start({ flushIntervalMs: 60_000, closeTimeoutMs: 100_000 });
    await trackJob("mail", async () => 1, { id: () => "7" })();
    await close();
    expect(await total('job_duration_seconds_count{job_name="mail",outcome="done"}')).toBe(1);
    expect(status()).toMatchObject({ waiting: 0, delivered: 2 });
  });

  test("with an id do not wait for a collector that stays away", async () => {
    const { trackJob, close, status } = start({ url: "http://127.0.0.1:1", closeTimeoutMs: 10 });
    expect(await trackJob("mail", async () => 1, { id: () => "7" })()).toBe(1);
    expect(status()).toMatchObject({ waiting: 2 });
    await close();
    expect(status()).toMatchObject({ waiting: 0, dropped: { closed: 2 } });
    expect(await trackJob("mail", async () => 2, { id: () => "8" })()).toBe(2);
    expect(status().dropped.closed).toBe(4);
  });

  test("that the catalog does not have are done, and the client says so", async () => {
    const { timed, flush, status } = start();
    expect(timed("fax", () => 7)).toBe(7);
    await flush();
    expect(status()).toMatchObject({ delivered: 2, rejected: 2 });
    expect(problems).toEqual([expect.stringContaining('"job_name" cannot be "fax"')]);
  });
});

describe("close", () => {
  test("delivers what waits, also where it must be tried again", async () => {
    retryAtOnce();
    faults.push(refuse(503), reset);
    const { increment, close, status } = start({ flushIntervalMs: 60_000, closeTimeoutMs: 50_000 });
    increment("jobs.done", { queue: "mail" });
    expect(await close()).toBe(0);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(1);
    increment("jobs.done", { queue: "mail" });
    expect(status().dropped.closed).toBe(1);
  });

  test.each([
    ["never answers", neverAnswer],
    ["resets", reset],
    ["is not ready", refuse(503)],
    ["asks for an hour", refuse(503, { "retry-after": "3600" })],
  ])("ends in its time where the collector %s, and says how much is lost", async (_what, fault) => {
    faults.push(...Array.from({ length: 100 }, () => fault));
    const { increment, record, close, flush, status } = start({ closeTimeoutMs: 300 });
    increment("jobs.done", { queue: "mail" });
    void flush();
    await expect.poll(() => received.length + 100 - faults.length).toBeGreaterThan(0);
    record("mails.waiting", 1);
    record("mails.waiting", 2);
    expect(await close()).toBe(3);
    expect(status()).toMatchObject({ waiting: 0, dropped: { closed: 3 } });
    expect(await close()).toBe(3);
  });
});

describe("two clients", () => {
  test("do not disturb each other", async () => {
    const away = start({ url: "http://127.0.0.1:1", maxItems: 1 });
    const here = start();
    for (const client of [away, here, away, here]) client.record("mails.waiting", 1);
    await away.close();
    await here.flush();
    expect(away.status()).toMatchObject({ delivered: 0, dropped: { closed: 1, queue_full: 1 } });
    expect(here.status()).toMatchObject({ delivered: 2, dropped: { closed: 0, queue_full: 0 } });
  });

  test("may be made with new, or with the token of the environment", async () => {
    vi.stubEnv("RUMKIT_INGEST_TOKEN", TOKEN);
    const client = new MetricsClient(url);
    clients.push(client);
    client.increment("jobs.done", { queue: "mail" });
    expect(await client.flush()).toBe(true);
    vi.unstubAllEnvs();
    expect(client.status()).toMatchObject({ delivered: 1 });
  });
});

describe("a process", () => {
  const entry = join(import.meta.dirname, "../packages/client/src/index.ts");

  /** Runs a module in a separate process, and rejects if it has not ended after a time. */
  async function run(code: string): Promise<void> {
    await promisify(execFile)(
      process.execPath,
      ["--conditions=@rumkit/source", "--input-type=module", "-e", code],
      { env: { ...process.env, RUMKIT_INGEST_TOKEN: TOKEN, ENTRY: entry, COLLECTOR: url }, timeout: 100_000 },
    );
  }
  const begin = `
    const { MetricsClient } = await import(process.env.ENTRY);
    Math.random = () => 0;
    const metrics = new MetricsClient(process.env.COLLECTOR, { closeTimeoutMs: 30_000 });
    for (let index = 0; index < 5_000; index += 1) metrics.record("mails.waiting", index);
    for (let index = 0; index < 5_000; index += 1) metrics.increment("jobs.done", { queue: "mail" });`;

  test("that closes its client before it ends loses nothing", async () => {
    faults.push(refuse(503), loseReply);
    await run(`${begin} process.exitCode = await metrics.close();`);
    expect(await total('jobs_done_total{queue="mail"}')).toBe(5_000);
    expect(await total("mails_waiting")).toBe(4_999);
    expect(await total("rum_ingest_items_accepted_total")).toBe(10_000);
  });

  test("is not kept alive by what waits", async () => {
    faults.push(refuse(503, { "retry-after": "60" }));
    // The flush fails and a try is due in a minute.
    await run(`${begin} await metrics.flush(); metrics.increment("jobs.done");`);
  });

  test("that only reports loads nothing but the client, and nothing that an edge runtime does not have", async () => {
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "esm",
      conditions: ["@rumkit/source"],
    });
    const foreign = Object.keys(metafile.inputs).filter(
      (path) => !/^packages\/(client|protocol)\/src\//.test(path),
    );
    expect(foreign).toEqual([]);
    const external = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    expect(external).toEqual([]);
  });
});

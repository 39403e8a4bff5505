import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scrape } from "../../test/support/scrape.ts";
import { createApi } from "./api.ts";
import { catalog } from "./catalog.ts";
import { MAX_WAITING } from "./queue/clipQueue.ts";
import { createEmbeddedQueue, type EmbeddedQueue } from "./queue/embeddedQueue.ts";

const FAMILIES = {
  queued: "clip_jobs_queued_total",
  inFlight: "clip_jobs_inflight",
  latency: "clip_job_latency_seconds",
  count: (status: string) => `clip_job_latency_seconds_count{status="${status}"}`,
};
const TOKEN = "k".repeat(32);
const BODY = { url: "https://videos.example/7", start: 1, end: 4 };
let collector: ReturnType<typeof createCollector<typeof catalog>>;
let queue: EmbeddedQueue;
let app: Hono;

beforeEach(() => {
  collector = createCollector({ catalog, ingestTokens: [TOKEN] });
  queue = createEmbeddedQueue();
  app = new Hono().route("/", collector.app).route("/", createApi({ collector, queue }));
});
afterEach(() => collector.stop());

async function post(body: unknown): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return app.request("/jobs", { method: "POST", body: text });
}
const queued = async (): Promise<number | undefined> => (await scrape(app)).get(FAMILIES.queued);

/** As a worker in another process reports. */
function report(items: readonly object[]): Promise<Response> | Response {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return app.request("/ingest", { method: "POST", headers, body: JSON.stringify(items) });
}

describe("POST /jobs", () => {
  test("accepts a job, counts it, and says where to ask for it", async () => {
    const answer = await post(BODY);
    const job = (await answer.json()) as { id: string };
    expect(answer.status).toBe(202);
    expect(job).toEqual({ ...BODY, id: expect.any(String), status: "queued", attempts: 0 });
    expect(await queued()).toBe(1);
    const asked = await app.request(answer.headers.get("location")!);
    expect([asked.status, await asked.json()]).toEqual([200, job]);
  });

  test.each([
    ["no JSON", "x", 400],
    ["an empty body", "", 400],
    ["a list", [BODY], 400],
    ["null", null, 400],
    ["no address", { ...BODY, url: 7 }, 400],
    ["another scheme", { ...BODY, url: "javascript:alert(1)" }, 400],
    ["an address with a password", { ...BODY, url: "https://a:b@videos.example" }, 400],
    ["an address that is too long", { ...BODY, url: `https://videos.example/${"x".repeat(2_048)}` }, 400],
    ["a start before the video", { ...BODY, start: -1 }, 400],
    ["a start that is a text", { ...BODY, start: "1" }, 400],
    ["an end before the start", { ...BODY, end: 0.5 }, 400],
    ["an end at the start", { ...BODY, end: 1 }, 400],
    ["a clip that is too long", { ...BODY, end: 182 }, 400],
    ["a body that is too large", { ...BODY, more: "x".repeat(9_000) }, 413],
  ])("refuses %s with a reason, and counts nothing", async (_what, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/\.$|:/) });
    expect([await queued(), await queue.depth()]).toEqual([0, 0]);
  });

  test("refuses with 503 and Retry-After while the queue is full", async () => {
    for (let index = 0; index < MAX_WAITING; index += 1) await queue.add(BODY);
    const answer = await post(BODY);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await queued()).toBe(0);
  });

  test("and all other calls answer 503 while the queue is away", async () => {
    const away = async (): Promise<never> => {
      throw new Error("Connection is closed.");
    };
    const broken = createApi({
      collector,
      queue: { ...queue, add: away, find: away, recent: away, depth: away },
    });
    for (const [path, init] of [
      ["/jobs", { method: "POST", body: JSON.stringify(BODY) }],
      ["/jobs", {}],
      ["/jobs/7", {}],
      ["/health", {}],
    ] as const) {
      const answer = await broken.request(path, init);
      expect([path, answer.status, answer.headers.get("retry-after")]).toEqual([path, 503, "5"]);
    }
  });
});

test("unknown jobs are 404, unknown methods 405, health says how many wait", async () => {
  await post(BODY);
  const status = async (path: string, method = "GET"): Promise<number> =>
    (await app.request(path, { method })).status;
  expect(await status("/jobs/none")).toBe(404);
  expect(await status("/jobs", "DELETE")).toBe(405);
  expect(await status("/health", "POST")).toBe(405);
  expect(await (await app.request("/health")).json()).toEqual({ status: "ok", waiting: 1 });
});

describe("GET /metrics", () => {
  const text = async (): Promise<string> => (await app.request("/metrics")).text();

  test("needs no token, and answers in the format of Prometheus", async () => {
    const answer = await app.request("/metrics");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8/);
  });

  test("has the three families of clips from the start, with their help", async () => {
    const shown = await text();
    for (const family of [FAMILIES.queued, FAMILIES.inFlight, FAMILIES.latency])
      expect(shown).toContain(`# HELP ${family.replace(/\{.*/, "")} `);
    expect(await queued()).toBe(0);
    expect((await scrape(app)).get(FAMILIES.inFlight)).toBe(0);
  });

  test("has the default families of requests and of the process", async () => {
    await post(BODY);
    const shown = await text();
    expect(shown).toContain('http_requests_total{method="POST",route="/jobs",status="2xx"} 1');
    for (const family of [
      "http_request_duration_seconds",
      "process_cpu_seconds_total",
      "nodejs_heap_size_used_bytes",
    ])
      expect(shown).toContain(`# TYPE ${family} `);
  });

  test("counts up and down what a worker of another process reports, by how jobs ended", async () => {
    const running = (value: number) => ({
      name: "jobs_in_flight",
      value,
      tags: { job_name: "clip", process: "a" },
    });
    const ended = (value: number, outcome: string) => ({
      name: "job_duration_seconds",
      value,
      tags: { job_name: "clip", outcome },
    });
    await report([running(2)]);
    expect((await scrape(app)).get(FAMILIES.inFlight)).toBe(2);
    await report([running(0), ended(0.7, "done"), ended(45, "error")]);
    const after = await scrape(app);
    expect(after.get(FAMILIES.inFlight)).toBe(0);
    expect(after.get(FAMILIES.count("done"))).toBe(1);
    expect(after.get(FAMILIES.count("error"))).toBe(1);
  });
});

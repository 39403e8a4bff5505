import { hash } from "node:crypto";
import { createServer } from "node:http";
import { defineCatalog, MAX_INGEST_BYTES, MAX_INGEST_ITEMS } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector, CollectorOptions } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  ingested: {
    "api.response_time": {
      help: "Time to answer.",
      type: "histogram",
      unit: "seconds",
      buckets: [0.1, 1],
      labels: { endpoint: ["/users", "/orders"] },
    },
    "jobs.done": { help: "Jobs.", type: "counter", labels: { queue: ["mail", "pdf"] } },
    "mails-waiting": { help: "Jobs that wait.", type: "gauge" },
  },
  jobs: { mail: { help: "Mails sent." } },
});
const TOKEN = "k".repeat(32);
let collector: Collector<typeof catalog>;

function start(options: Partial<CollectorOptions<typeof catalog>> = {}): void {
  collector = createCollector({ catalog, runtimeMetrics: false, ingestTokens: [TOKEN], ...options });
}
beforeEach(() => start());
afterEach(() => collector.stop());

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return collector.app.request("/ingest", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
}

/** Status, answer, and what changed in the exposition. */
async function sent(body: unknown, headers: Record<string, string> = {}) {
  const before = await scrape(collector.app);
  const response = await post(body, headers);
  const counted = changes(before, await scrape(collector.app), /./);
  return { status: response.status, answer: (await response.json()) as unknown, counted };
}

describe("jobs of other processes in flight", () => {
  const item = (value: number, process?: unknown, job_name = "mail") => ({
    name: "jobs_in_flight",
    value,
    tags: { job_name, ...(process !== undefined && { process }) },
  });
  const inFlight = async (): Promise<number | undefined> =>
    (await scrape(collector.app)).get('jobs_in_flight{job_name="mail"}');

  test("are added over the processes, and each report replaces the one before", async () => {
    expect((await sent([item(2, "a"), item(3, "b"), item(1, "a")])).answer).toEqual({
      accepted: 3,
      rejected: [],
    });
    expect(await inFlight()).toBe(4);
    await sent([item(0, "a"), item(0, "b")]);
    expect(await inFlight()).toBe(0);
  });

  test.each([
    ["without a process", item(1), "missing_label"],
    ["with an empty process", item(1, ""), "missing_label"],
    ["of a job that is not declared", item(1, "a", "fax"), "unknown_label_value"],
    ["that is not an integer", item(1.5, "a"), "bad_number"],
    ["below zero", item(-1, "a"), "bad_number"],
    ["beyond a million", item(1e6 + 1, "a"), "bad_number"],
  ])("%s is refused with a reason", async (_what, refused, code) => {
    expect((await sent([refused])).answer).toMatchObject({ accepted: 0, rejected: [{ index: 0, code }] });
    expect(await inFlight()).toBe(0);
  });
});

describe("a declared name", () => {
  test("is a separate metric of the declared type", async () => {
    const { status, answer, counted } = await sent([
      { name: "api.response_time", value: 0.25, tags: { endpoint: "/users", version: 3 } },
      { name: "jobs.done", value: 2, tags: { queue: "mail" }, count: 3 },
      { name: "mails-waiting", value: -4 },
      { name: "mails-waiting", value: 7 },
    ]);
    expect(status).toBe(202);
    expect(answer).toEqual({ accepted: 6, rejected: [] });
    expect(counted).toEqual({
      'api_response_time_seconds_bucket{endpoint="/users",le="1"}': 1,
      'api_response_time_seconds_bucket{endpoint="/users",le="+Inf"}': 1,
      'api_response_time_seconds_sum{endpoint="/users"}': 0.25,
      'api_response_time_seconds_count{endpoint="/users"}': 1,
      'jobs_done_total{queue="mail"}': 6,
      mails_waiting: 7,
      rum_ingest_requests_accepted_total: 1,
      rum_ingest_items_accepted_total: 6,
    });
  });

  test("is shown as 0 before its first value, except for a gauge", async () => {
    const series = [...(await scrape(collector.app)).keys()];
    expect(series).toContain('jobs_done_total{queue="pdf"}');
    expect(series.filter((name) => name.startsWith("mails_waiting"))).toEqual([]);
  });

  test("needs its labels, and only values that they may take; each bad item costs itself", async () => {
    const { status, answer, counted } = await sent([
      { name: "jobs.done", value: 1 },
      { name: "jobs.done", value: 1, tags: { queue: "fax" }, count: 2 },
      { name: "jobs.done", value: -1, tags: { queue: "mail" } },
      { name: "api.response_time", value: 1e16, tags: { endpoint: "/users" } },
      { name: "api.response_time", value: null, tags: { endpoint: "/users" } },
      "no item",
      { name: "__proto__", value: 1 },
      { name: "jobs.done", value: 1, tags: { queue: "mail" } },
    ]);
    expect(status).toBe(202);
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 0, code: "missing_label" },
        { index: 1, code: "unknown_label_value" },
        { index: 2, code: "bad_number" },
        { index: 3, code: "bad_number" },
        { index: 4, code: "bad_number" },
        { index: 5, code: "bad_item" },
        { index: 6, code: "bad_item" },
      ],
    });
    expect(counted).toEqual({
      'jobs_done_total{queue="mail"}': 1,
      rum_ingest_requests_accepted_total: 1,
      rum_ingest_items_accepted_total: 1,
      'rum_ingest_items_rejected_total{reason="missing_label"}': 1,
      'rum_ingest_items_rejected_total{reason="unknown_label_value"}': 2,
      'rum_ingest_items_rejected_total{reason="bad_number"}': 3,
      'rum_ingest_items_rejected_total{reason="bad_item"}': 2,
    });
  });
});

describe("a name that is not declared", () => {
  test("is counted and added up, and its tags do not become labels", async () => {
    const { counted } = await sent({
      name: "hitl.override_rate",
      value: 0.5,
      tags: { user: "u1" },
      count: 4,
    });
    expect(counted).toEqual({
      'ingested_values_total{name="hitl.override_rate"}': 4,
      'ingested_sum_total{name="hitl.override_rate"}': 2,
      rum_ingest_requests_accepted_total: 1,
      rum_ingest_items_accepted_total: 4,
    });
  });

  test("makes 200 series and __other__, however many names come", async () => {
    for (let request = 0; request < 5; request += 1) {
      await post(Array.from({ length: 1_000 }, (_, index) => ({ name: `n${request}.${index}`, value: 2 })));
    }
    const lines = [...(await scrape(collector.app))].filter(([name]) => name.startsWith("ingested_"));
    expect(lines).toHaveLength(402);
    const sumOf = (family: string): number =>
      lines.filter(([name]) => name.startsWith(family)).reduce((sum, [, value]) => sum + value, 0);
    expect(sumOf("ingested_values_total")).toBe(5_000);
    expect(sumOf("ingested_sum_total")).toBe(10_000);
  });

  test("is refused where the collector says so", async () => {
    await collector.stop();
    start({ unknownNames: "refuse" });
    const { answer, counted } = await sent({ name: "hitl.override_rate", value: 0.5 });
    expect(answer).toMatchObject({ accepted: 0, rejected: [{ index: 0, code: "unknown_name" }] });
    expect(counted).toMatchObject({ 'rum_ingest_items_rejected_total{reason="unknown_name"}': 1 });
  });
});

describe("an Idempotency-Key", () => {
  const item = { name: "jobs.done", value: 1, tags: { queue: "mail" } };
  const total = 'jobs_done_total{queue="mail"}';

  test("makes a request count once, with the same answer for a replay", async () => {
    const body = [item, { name: "jobs.done", value: 1 }];
    const first = await sent(body, { "idempotency-key": '"a-1"' });
    const again = await sent(body, { "idempotency-key": "a-1" });
    expect(again.status).toBe(202);
    expect(again.answer).toEqual({ ...(first.answer as object), duplicate: true });
    expect(again.counted).toEqual({ rum_ingest_requests_duplicate_total: 1 });
  });

  test("counts once of 32 at the same moment", async () => {
    await Promise.all(Array.from({ length: 32 }, () => post(item, { "idempotency-key": "b" })));
    expect((await scrape(collector.app)).get(total)).toBe(1);
  });

  test("is not a batch id or an order's, and without one every request counts", async () => {
    await post(item, { "idempotency-key": "b" });
    await post(item);
    await post(item);
    expect((await scrape(collector.app)).get(total)).toBe(3);
  });

  test("of one service is not that of another", async () => {
    await collector.stop();
    const access = {
      open: ["collect", "metrics"] as const,
      secretKeys: [
        { name: "mailer", secret: "m".repeat(16) },
        { name: "printer", sha256: hash("sha256", "p".repeat(16)) },
      ],
    };
    start({ access });
    for (const secret of [TOKEN, "m".repeat(16), "p".repeat(16), "p".repeat(16)]) {
      const response = await post(item, { authorization: `Bearer ${secret}`, "idempotency-key": "b" });
      expect(response.status).toBe(202);
    }
    expect((await scrape(collector.app)).get(total)).toBe(3);
  });

  test.each([
    ["another body", "c", 409, "id_conflict"],
    ["nothing in it", '""', 400, "bad_idempotency_key"],
    ["an open quotation mark", '"abc', 400, "bad_idempotency_key"],
    ["more than 255 characters", "x".repeat(256), 400, "bad_idempotency_key"],
  ])("with %s is refused", async (_what, key, status, code) => {
    await post(item, { "idempotency-key": "c" });
    const refused = await sent([item, item], { "idempotency-key": key });
    expect(refused).toMatchObject({ status, answer: { error: { code } } });
    expect(refused.counted).toEqual({ [`rum_ingest_requests_rejected_total{reason="${code}"}`]: 1 });
  });
});

describe("a request", () => {
  test.each([
    ["no header", ""],
    ["another scheme", `Basic ${TOKEN}`],
    ["a wrong token of the same length", `Bearer ${"x".repeat(32)}`],
    ["a longer token", `Bearer ${TOKEN}k`],
    ["two tokens", `Bearer ${TOKEN} ${TOKEN}`],
  ])("with %s is refused before its body is read", async (_what, authorization) => {
    const refused = await sent("{", { authorization });
    expect(refused).toMatchObject({ status: 401, answer: { error: { code: "bad_token" } } });
    expect(refused.counted).toEqual({
      'rum_ingest_requests_rejected_total{reason="bad_token"}': 1,
      'rum_access_denied_total{scope="ingest"}': 1,
    });
  });

  test("to a collector without tokens learns how to set one", async () => {
    await collector.stop();
    start({ ingestTokens: [] });
    const response = await post({ name: "a", value: 1 });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="rumkit"');
    expect(await response.text()).toContain("createCollector({ ingestTokens: [secret] })");
  });

  test.each([
    ["nothing", "", 400, "empty_body"],
    ["half an object", "{", 400, "bad_json"],
    ["nine levels", "[".repeat(9) + "]".repeat(9), 400, "too_deep"],
    ["a number", "7", 422, "bad_items"],
    ["no list of items", '{"items":7}', 422, "bad_items"],
    ["a negative loss", '{"items":[],"dropped":{"queue_full":-1}}', 422, "bad_items"],
    ["1,001 items", `[${"0,".repeat(MAX_INGEST_ITEMS)}0]`, 413, "too_many_items"],
    ["a byte too many", " ".repeat(MAX_INGEST_BYTES + 1), 413, "too_large"],
  ])("of %s is refused", async (_what, body, status, code) => {
    expect(await sent(body)).toMatchObject({
      status,
      answer: { error: { code } },
      counted: { [`rum_ingest_requests_rejected_total{reason="${code}"}`]: 1 },
    });
  });

  test("says what its client lost", async () => {
    const { counted } = await sent({ items: [], dropped: { queue_full: 12, refused: 3 } });
    expect(counted).toEqual({
      rum_ingest_requests_accepted_total: 1,
      'rum_ingest_items_dropped_total{reason="queue_full"}': 12,
      'rum_ingest_items_dropped_total{reason="refused"}': 3,
    });
  });

  test("to a collector that stops is asked to try again; while it drains, it counts", async () => {
    collector.drain();
    expect((await post({ name: "a", value: 1 })).status).toBe(202);
    await collector.stop();
    const response = await post({ name: "a", value: 1 });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
  });
});

test("a token that could be guessed is refused at the start", () => {
  expect(() => createCollector({ catalog, ingestTokens: ["secret"] })).toThrow(TypeError);
});

describe("a rate limit", () => {
  const slow = { perSecond: 0.01, burst: 2 };

  /** Statuses of so many requests, through a proxy on this machine, which says for whom. */
  async function serveBehindProxy(rateLimits: CollectorOptions<typeof catalog>["rateLimits"]) {
    await collector.stop();
    start({ ...(rateLimits && { rateLimits }), trustedProxies: ["127.0.0.1"] });
    const origin = await listen(createServer(collector.nodeListener()).listen(0, "127.0.0.1"));
    const send = (sender: string, token: string): Promise<Response> =>
      fetch(`${origin}/ingest`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "x-forwarded-for": sender },
        body: JSON.stringify({ name: "a", value: 1 }),
      });
    const statuses = async (times: number, sender: string, token: string): Promise<number[]> => {
      const seen = [];
      for (let time = 0; time < times; time += 1) seen.push((await send(sender, token)).status);
      return seen;
    };
    return { send, statuses };
  }

  test("is by address for wrong tokens, and takes nothing from services with a right one", async () => {
    const { send, statuses } = await serveBehindProxy({ perAddress: slow });
    expect(await statuses(4, "192.0.2.1", "wrong")).toEqual([401, 401, 429, 429]);
    expect(await statuses(1, "192.0.2.2", "wrong")).toEqual([401]);
    expect(await statuses(4, "192.0.2.1", TOKEN)).toEqual([202, 202, 202, 202]);
    const refused = await send("192.0.2.1", "wrong");
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
    // A token comes every 100 s, and who was refused together comes back within five seconds.
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(90);
    const figures = await scrape(collector.app);
    expect(figures.get('rum_ingest_requests_rejected_total{reason="rate_limited"}')).toBe(3);
    expect(figures.get('rum_ingest_requests_rejected_total{reason="bad_token"}')).toBe(3);
  });

  test("is one for all services with a right one, and strangers take nothing from it", async () => {
    const { statuses } = await serveBehindProxy({ perAddress: false, perApp: slow });
    expect(await statuses(3, "192.0.2.1", "wrong")).toEqual([401, 401, 401]);
    expect(await statuses(1, "192.0.2.1", TOKEN)).toEqual([202]);
    expect(await statuses(2, "192.0.2.2", TOKEN)).toEqual([202, 429]);
  });
});

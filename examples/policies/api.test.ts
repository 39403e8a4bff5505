import { createCollector } from "@rumkit/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseExposition } from "../../test/support/scrape.ts";
import { catalog, withSla } from "./catalog.ts";
import { createOutbox } from "./outbox/outbox.ts";
import { REGIONS } from "./policies.ts";
import { createRules, FAULTY } from "./rules.ts";
import { createWorld } from "./world.ts";

const TOKEN = "a-token-of-the-survey";

/** The world in this process, without a server. Its rules take no time. */
function openPolicies() {
  const collector = createCollector({
    catalog,
    ingestTokens: [TOKEN, "a-token-of-the-look-up"],
    unknownNames: "refuse",
    bots: "count",
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const rules = createRules();
  const outbox = createOutbox();
  const recorded: unknown[][] = [];
  const closing = new AbortController();
  const { app } = createWorld({
    collector,
    rules,
    outbox,
    closing: closing.signal,
    client: { record: (...value) => void recorded.push(value) },
    pause: () => Promise.resolve(),
  });
  const send = async (
    path: string,
    body: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ) => {
    const response = await app.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };
  return {
    app,
    rules,
    outbox,
    recorded,
    closing,
    send,
    get: async (path: string) => {
      const response = await app.request(path);
      return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
    },
    counted: async () => parseExposition(await (await app.request("/metrics")).text()),
  };
}

const score = (fields: object): object => ({
  name: "survey.satisfaction",
  value: 0.8,
  tags: { region: "west" },
  ...fields,
});

describe("values of services", () => {
  test.each([
    ["a value that is a text", score({ value: "good" }), "bad_number"],
    ["a value that is null", score({ value: null }), "bad_number"],
    ["no value", { name: "survey.satisfaction", tags: { region: "west" } }, "bad_number"],
    ["a rate, which is a share of two counters", score({ name: "hitl.override_rate" }), "unknown_name"],
    ["a region that does not exist", score({ tags: { region: "moon" } }), "unknown_label_value"],
    ["no region", score({ tags: {} }), "missing_label"],
    ["a counter that would go down", { ...score({ name: "hitl.overrides" }), value: -1 }, "bad_number"],
  ])("%s is rejected and counted, and nothing else is lost", async (_what, item, code) => {
    const { send, counted } = openPolicies();
    const { status, answer } = await send("/ingest", [score({}), item, score({ value: 1 })]);
    expect(status).toBe(202);
    expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 1, code }] });
    const metrics = await counted();
    expect(metrics.get('survey_satisfaction_ratio_count{region="west"}')).toBe(2);
    expect(metrics.get(`rum_ingest_items_rejected_total{reason="${code}"}`)).toBe(1);
  });

  test.each([
    ["no token", score({}), {}, 401, "bad_token"],
    ["a wrong token", score({}), { authorization: "Bearer wrong" }, 401, "bad_token"],
    ["a body that is not JSON", '{"name": ', undefined, 400, "bad_json"],
    ["a body of 300 kB", `[${" ".repeat(300_000)}]`, undefined, 413, "too_large"],
  ])("%s is refused and counted", async (_what, body, headers, expected, code) => {
    const { send, counted } = openPolicies();
    const { status, answer } = await send("/ingest", body, headers);
    expect([status, answer]).toMatchObject([expected, { error: { code } }]);
    const metrics = await counted();
    expect(metrics.get(`rum_ingest_requests_rejected_total{reason="${code}"}`)).toBe(1);
    expect(metrics.get('survey_satisfaction_ratio_count{region="west"}') ?? 0).toBe(0);
  });
});

describe("the look-up", () => {
  test("answers by the current rule, and reports its time by endpoint and region", async () => {
    const { get, recorded, counted, rules } = openPolicies();
    expect((await get("/policies/p-104?region=west")).answer).toMatchObject({
      rule: "2026.1",
      outcome: "allowed",
    });
    rules.deploy(FAULTY, "ada", "A test.");
    expect((await get("/policies/p-104?region=west")).answer).toMatchObject({
      rule: FAULTY,
      outcome: "denied",
    });
    expect((await get("/policies?q=WORK")).answer["policies"]).toEqual([
      { id: "p-104", title: "Work from another state" },
    ]);
    expect(recorded.map(([name, , tags]) => [name, tags])).toEqual([
      ["api.response_time", { endpoint: "/policies/:id", region: "west" }],
      ["api.response_time", { endpoint: "/policies/:id", region: "west" }],
      ["api.response_time", { endpoint: "/policies", region: "north" }],
    ]);
    const metrics = await counted();
    expect(metrics.get('http_requests_total{method="GET",route="/policies/:id",status="200"}')).toBe(2);
  });

  test.each([
    ["an unknown policy", "/policies/p-999", 404, "unknown_policy"],
    ["a policy of the prototype", "/policies/__proto__", 404, "unknown_policy"],
    ["an unknown region", "/policies/p-101?region=moon", 400, "bad_region"],
    ["an unknown path", "/policy", 404, "unknown_path"],
  ])("%s gets a sentence", async (_what, path, expected, code) => {
    const { get } = openPolicies();
    expect(await get(path)).toMatchObject({
      status: expected,
      answer: { code, error: expect.stringMatching(/\.$/) as string },
    });
  });

  test("begins nothing once the server stops", async () => {
    const { get, closing, recorded } = openPolicies();
    closing.abort();
    expect(await get("/policies/p-101")).toMatchObject({ status: 503, answer: { code: "stopping" } });
    expect(recorded).toEqual([]);
  });
});

describe("rule versions", () => {
  const wanted = { version: FAULTY, by: "ada", why: "A test." };

  test("are deployed with a name and a reason, and taken back to the one before", async () => {
    const { send, get, rules } = openPolicies();
    expect(await send("/rules", wanted)).toMatchObject({ status: 201, answer: { current: FAULTY } });
    expect(rules.takeBack("grace", "It is slow.")).toBe("2026.1");
    // A second request to take back finds nothing, and does not bring the faulty version again.
    expect(rules.takeBack("grace", "It is slow.")).toBe("2026.1");
    expect((await get("/rules")).answer["history"]).toMatchObject([
      { version: "2026.1", by: "grace", why: "It is slow." },
      wanted,
      { version: "2026.1", by: "server" },
    ]);
  });

  test.each([
    ["a body that is not JSON", "{", 400, "bad_deployment"],
    ["a list", [], 400, "bad_deployment"],
    ["no name", { ...wanted, by: " " }, 400, "bad_deployment"],
    ["no reason", { ...wanted, why: undefined }, 400, "bad_deployment"],
    ["a reason of 201 characters", { ...wanted, why: "x".repeat(201) }, 400, "bad_deployment"],
    ["an unknown version", { ...wanted, version: "toString" }, 404, "unknown_version"],
    ["the version that is deployed", { ...wanted, version: "2026.1" }, 409, "is_current"],
    ["a body of 20 kB", { ...wanted, why: "x".repeat(20_000) }, 413, "too_large"],
  ])("%s changes nothing", async (_what, body, expected, code) => {
    const { send, rules } = openPolicies();
    expect(await send("/rules", body)).toMatchObject({ status: expected, answer: { code } });
    expect(rules.history()).toHaveLength(1);
  });

  test("are not deployed by a form of another page", async () => {
    const { send, rules } = openPolicies();
    const { status } = await send("/rules", wanted, { "content-type": "text/plain" });
    expect([status, rules.current()]).toEqual([415, "2026.1"]);
  });
});

test("the limit of look-ups can be any edge, and the catalog keeps its other alerts", () => {
  const { alerts } = withSla(500);
  expect(alerts.slow_lookups.when.above).toBe(0.5);
  expect(Object.keys(alerts)).toEqual(Object.keys(catalog.alerts));
  expect(catalog.ingested["hitl.overrides"].labels.region).toEqual(REGIONS);
});

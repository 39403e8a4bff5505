import { describe, expect, test } from "vitest";
import { expectSoon } from "../../../test/support/expectSoon.ts";
import { openLlm } from "../../../test/support/llm/openLlm.ts";
import { toCsv } from "./csv.ts";
import { dollars } from "./modelReport.ts";

const CHAT = "/v1/chat/completions";
const hello = { messages: [{ role: "user", content: "Hello there. ".repeat(20) }], max_tokens: 5 };

/** A world that has answered: gpt-4o twice as a stream, gpt-4o-mini once whole, and one unknown model not at all. */
async function openUsed() {
  const opened = openLlm();
  for (const model of ["gpt-4o", "gpt-4o"])
    await (await opened.post(CHAT, { ...hello, model, stream: true })).text();
  const { usage } = (await (await opened.post(CHAT, { ...hello, model: "gpt-4o-mini" })).json()) as {
    usage: { prompt_tokens: number };
  };
  await opened.post(CHAT, { ...hello, model: "gpt-17" });
  await opened.counted();
  const get = async (path: string): Promise<Response> => opened.world.app.request(path);
  return { ...opened, get, read: async (path: string): Promise<unknown> => (await get(path)).json(), usage };
}

test("the snapshot has endpoints by status, streams, the cache and the models", async () => {
  const { read } = await openUsed();
  expect(await read("/metrics/json")).toMatchObject({
    endpoints: [{ endpoint: CHAT, requests: 4, by_status: { 200: 3, 404: 1 } }],
    streaming: { active: 0, completed: 2, failed: 0, canceled: 0 },
    cache: { lookups: 3, hits: 1 },
    queue_depth: 0,
    models: [
      { model: "gpt-4" },
      { model: "gpt-4o" },
      { model: "gpt-4o-mini" },
      { model: "text-embedding-3-small" },
    ],
  });
});

test("each model has its tokens, exact cost, streams, times and cache", async () => {
  const { read, usage } = await openUsed();
  const { models } = (await read("/metrics/by-model")) as { models: Record<string, object>[] };
  const { prompt_tokens: prompt } = usage;
  const cached = Math.floor(prompt / 16) * 16;
  const cost = (2 * prompt - cached) * 2_500 + cached * 1_250 + 10 * 10_000;
  expect(models[1]).toMatchObject({
    tokens: { prompt: 2 * prompt - cached, cached, completion: 10 },
    cost_usd: dollars(cost),
    streams: { started: 2, completed: 2, failed: 0, canceled: 0 },
    first_token_ms: { p50: expect.any(Number) as number },
    cache: { lookups: 2, hits: 1, hit_rate: 0.5, average_prefix_tokens: cached },
  });
  expect(models[0]).toMatchObject({
    first_token_ms: null,
    cost_usd: "0.000000000",
    cache: { hit_rate: null },
  });
});

test("costs have the prices, and their total is that of the models", async () => {
  const { read } = await openUsed();
  const costs = (await read("/metrics/costs")) as {
    total_usd: string;
    models: { cost_usd: string; usd_per_million_tokens: object }[];
  };
  expect(costs.models[0]!.usd_per_million_tokens).toEqual({ prompt: 30, cached: 15, completion: 60 });
  const sum = costs.models.reduce((total, { cost_usd: cost }) => total + Number(cost), 0);
  expect(Number(costs.total_usd)).toBeCloseTo(sum, 9);
  expect(sum).toBeGreaterThan(0);
});

test("models are compared and ranked, and names that are unknown are refused", async () => {
  const { get, read } = await openUsed();
  const namesOf = async (path: string): Promise<string[]> =>
    ((await read(path)) as { models: { model: string }[] }).models.map(({ model }) => model);
  expect(await namesOf("/metrics/compare?models=gpt-4o-mini,gpt-4o")).toEqual(["gpt-4o", "gpt-4o-mini"]);
  expect((await namesOf("/metrics/ranking?by=tokens"))[0]).toBe("gpt-4o");
  expect((await namesOf("/metrics/ranking")).at(-1)).toBe("gpt-4o");
  expect((await namesOf("/metrics/ranking?by=first_token"))[0]).toBe("gpt-4o");
  for (const [path, status] of [
    ["/metrics/compare", 400],
    ["/metrics/compare?models=gpt-4", 400],
    ["/metrics/compare?models=gpt-4,gpt-17", 404],
    ["/metrics/ranking?by=beauty", 400],
    ["/metrics/ranking?by=constructor", 400],
  ] as const)
    expect([path, (await get(path)).status]).toEqual([path, status]);
});

test("the CSV has a row for each model, and a header", async () => {
  const { get } = await openUsed();
  const response = await get("/metrics/csv");
  expect(response.headers.get("content-type")).toMatch(/^text\/csv/);
  const lines = (await response.text()).split("\r\n");
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^model,tokens_prompt,tokens_cached,tokens_completion,cost_usd,/);
  expect(new Set(lines.slice(0, 5).map((line) => line.split(",").length)).size).toBe(1);
  expect(
    toCsv([
      { a: 'x"y', b: { c: null } },
      { a: "1,2", b: { c: 3 } },
    ]),
  ).toBe('a,b_c\r\n"x""y",\r\n"1,2",3\r\n');
});

describe("health", () => {
  test("is 100 without a reason", async () => {
    const { world } = openLlm();
    const response = await world.app.request("/health/detailed");
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { status: "healthy", score: 100, reasons: [], collector: { status: "ready" } },
    ]);
  });

  test("loses points by a queue that fills, and says what to do", async () => {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { post, world } = openLlm({ slots: 1, places: 2, pause: () => opened });
    const answers = [1, 2, 3].map(() => post(CHAT, { ...hello, model: "gpt-4" }));
    await expectSoon(world.busy).toBe(3);
    expect(await (await world.app.request("/health/detailed")).json()).toMatchObject({
      status: "degraded",
      score: 60,
      reasons: [{ subject: "queue", points: 40, message: expect.stringContaining("--slots") as string }],
    });
    open();
    await Promise.all(answers);
  });

  test("loses points by the catalog's alerts that fire", async () => {
    const { post, world } = openLlm({ faultRate: 1, seed: 2 });
    for (let request = 0; request < 60; request += 1)
      await (await post(CHAT, { ...hello, model: "gpt-4", stream: true })).text();
    const health = async () =>
      (await (await world.app.request("/health/detailed")).json()) as {
        score: number;
        reasons: { message: string }[];
      };
    await expectSoon(async () => (await health()).reasons.map(({ message }) => message).join()).toMatch(
      /^LlmBrokenStreams: /,
    );
    expect((await health()).score).toBeLessThan(100);
  });

  test("is 503 when the server stops", async () => {
    const { world } = openLlm();
    world.drain();
    const response = await world.app.request("/health/detailed");
    expect([response.status, await response.json()]).toMatchObject([503, { status: "unhealthy", score: 0 }]);
  });
});

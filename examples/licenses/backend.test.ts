import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCollector, createMemoryJournal } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { createBackend } from "./backend.ts";
import { catalog } from "./catalog.ts";
import { createCounts } from "./counts.ts";
import { readCounts } from "./load/ledger.ts";
import { openPools, type PoolStatus } from "./pools.ts";
import { toolNames, tools } from "./tools.ts";

function openServer(path?: string) {
  const collector = createCollector({ catalog });
  const pools = openPools(path);
  onTestFinished(async () => {
    await collector.stop();
    pools.close();
  });
  const app = createBackend({ collector, pools });
  const post = async (route: string, body: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.request(route, { method: "POST", body: text });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const get = async <T>(route: string): Promise<T> => (await (await app.request(route)).json()) as T;
  return {
    app,
    post,
    get,
    collector,
    pools,
    borrow: (tool: string, user = "ada") => post("/licenses/borrow", { tool, user }),
    counted: async () => readCounts(await (await collector.app.request("/metrics")).text()).entries(),
  };
}

test("a license is lent, and its return makes room again", async () => {
  const { borrow, post, get, counted } = openServer();
  const { status, body } = await borrow("compiler");
  expect(status).toBe(200);
  expect(body).toMatchObject({ tool: "compiler", user: "ada", isOverage: false, overagePrice: 0 });
  const { tools: pools } = await get<{ tools: PoolStatus[] }>("/licenses");
  expect(pools.find(({ tool }) => tool === "compiler")).toMatchObject({
    borrowed: 1,
    available: 13,
    overage: 0,
    isAtMaxOverage: false,
  });
  expect(await get("/licenses/lent?user=ada")).toMatchObject({ borrows: [{ id: body["id"], user: "ada" }] });
  expect(await get("/licenses/lent?user=li")).toEqual({ borrows: [] });

  expect(await post("/licenses/return", { id: body["id"] })).toMatchObject({ status: 200 });
  expect(await post("/licenses/return", { id: body["id"] })).toMatchObject({ status: 404 });
  expect(await counted()).toEqual({ "attempts compiler": 1, "borrowed compiler": 1, "returned compiler": 1 });
});

test.each(toolNames)(
  "the pool %s ends with its reason, and its overage costs its price to the cent",
  async (tool) => {
    const { borrow, counted, get } = openServer();
    const { total, commit, maxOverage, overagePrice } = tools[tool];
    const lendable = Math.min(total, commit + maxOverage);
    for (let index = 0; index < lendable; index++)
      expect((await borrow(tool)).body["isOverage"]).toBe(index >= commit);
    const reason = lendable === total ? "pool_exhausted" : "max_overage";
    expect(await borrow(tool)).toMatchObject({ status: 409, body: { reason } });

    const overage = lendable - commit;
    expect(await counted()).toEqual({
      [`attempts ${tool}`]: lendable + 1,
      [`borrowed ${tool}`]: lendable,
      [`refused: ${reason} ${tool}`]: 1,
      ...(overage > 0 && { [`overage ${tool}`]: overage, [`cost in cents ${tool}`]: overage * overagePrice }),
    });
    const { tools: pools } = await get<{ tools: PoolStatus[] }>("/licenses");
    expect(pools.find((pool) => pool.tool === tool)).toMatchObject({
      available: 0,
      isAtMaxOverage: overage === maxOverage,
    });
  },
);

test.each([
  ["no JSON", "{", "bad_body"],
  ["null", "null", "bad_body"],
  ["a list", [], "bad_body"],
  ["no tool", { user: "ada" }, "bad_body"],
  ["no user", { tool: "compiler" }, "bad_body"],
  ["an empty user", { tool: "compiler", user: " " }, "bad_body"],
  ["a user of 65 characters", { tool: "compiler", user: "a".repeat(65) }, "bad_body"],
  ["control characters", { tool: "compiler", user: "a\u0007b" }, "bad_body"],
  ["half of a character", '{"tool":"compiler","user":"\\ud800"}', "bad_body"],
  ["an unknown client", { tool: "compiler", user: "ada", client: "fax" }, "bad_body"],
  ["an unknown tool", { tool: "hammer", user: "ada" }, "unknown_tool"],
  ["a name of the prototype", { tool: "__proto__", user: "ada" }, "unknown_tool"],
])("a request to borrow with %s is refused with a sentence, and counted", async (_what, body, reason) => {
  const { post, counted } = openServer();
  const answer = await post("/licenses/borrow", body);
  expect(answer).toMatchObject({ status: 400, body: { reason } });
  expect(answer.body["error"]).toMatch(/^[a-zA-Z].*\.$/);
  expect(await counted()).toEqual({ "attempts unknown": 1, [`refused: ${reason} unknown`]: 1 });
});

test("a body that is too large is refused, and so is a return without an id", async () => {
  const { post } = openServer();
  expect(await post("/licenses/borrow", { tool: "compiler", user: "a".repeat(5_000) })).toMatchObject({
    status: 413,
  });
  for (const body of ["{", {}, { id: 1 }, { id: "x" }])
    expect(await post("/licenses/return", body)).toMatchObject({ status: 400 });
});

test("a hundred requests at once get as many licenses as there are", async () => {
  const { borrow, counted } = openServer();
  const answers = await Promise.all(Array.from({ length: 100 }, () => borrow("calibration")));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(15);
  expect(await counted()).toEqual({
    "attempts calibration": 100,
    "borrowed calibration": 15,
    "overage calibration": 5,
    "cost in cents calibration": 5 * 7_525,
    "refused: pool_exhausted calibration": 85,
  });
});

test("users are in no label", async () => {
  const { borrow, collector } = openServer();
  await borrow("compiler", "ada lovelace");
  expect(await (await collector.app.request("/metrics")).text()).not.toContain("lovelace");
});

test("what is broken on purpose answers 500, and is an error of the backend", async () => {
  const { app, collector } = openServer();
  expect((await app.request("/faulty")).status).toBe(500);
  expect((await app.request("/licenses/forecast")).status).toBe(404);
  const metrics = await (await collector.app.request("/metrics")).text();
  expect(metrics).toMatch(/^http_requests_total\{method="GET",route="\/faulty",status="500"\} 1$/m);
  expect(metrics).toMatch(/^app_errors_total\{.*\} 1$/m);
});

test("licenses stay lent over a restart, and what a killed process did not count is counted once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-licenses-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "licenses.sqlite");
  const killed = openPools(path);
  const [lent, back] = [0, 1].map(() => killed.borrow({ tool: "compiler", user: "ada", client: "script" }));
  if (typeof lent !== "object" || typeof back !== "object") throw new Error("The pool lends nothing.");
  killed.takeBack(back.id);
  killed.close();

  const journal = createMemoryJournal();
  const collector = createCollector({ catalog, journal });
  const pools = openPools(path);
  onTestFinished(async () => {
    await collector.stop();
    pools.close();
  });
  for (let start = 0; start < 2; start++) await createCounts(collector, pools).catchUp();
  expect(pools.lent()).toMatchObject([{ id: lent.id }]);
  expect(pools.status().find(({ tool }) => tool === "compiler")).toMatchObject({ borrowed: 1 });
  expect(readCounts(await (await collector.app.request("/metrics")).text()).entries()).toEqual({
    "borrowed compiler": 2,
    "returned compiler": 1,
  });
});

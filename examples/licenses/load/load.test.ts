import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { createBackend } from "../backend.ts";
import { catalog } from "../catalog.ts";
import { openPools } from "../pools.ts";
import type { Ask } from "./licenseClient.ts";
import { renderReport } from "./renderReport.ts";
import { type LoadPlan, PROFILES, runLoad } from "./runLoad.ts";

function openServer() {
  const collector = createCollector({ catalog });
  const pools = openPools();
  onTestFinished(async () => {
    await collector.stop();
    pools.close();
  });
  const app = new Hono().route("/", collector.app).route("/", createBackend({ collector, pools }));
  const ask: Ask = async (path, init) => app.request(path, init);
  return { pools, ask };
}

const plan: LoadPlan = { ...PROFILES.light, rampUpMs: 0, holdMs: 0, mode: "full-cycle", seed: 1 };
const pause = () => Promise.resolve();

test("everything that a full cycle sends is counted, and every license is back", async () => {
  const { ask, pools } = openServer();
  const progress: number[] = [];
  const report = await runLoad(plan, { ask, pause, onProgress: (done) => progress.push(done) });
  expect(report).toMatchObject({ failed: 0, missing: {}, beyond: {} });
  expect(report.sent.sums()).toMatchObject({ attempts: 100, returned: report.sent.sums()["borrowed"] });
  expect(progress.at(-1)).toBe(100);
  expect(pools.lent()).toEqual([]);
  expect(renderReport(report)).toContain("Everything that was sent is counted, and nothing else.");
});

test("checkouts alone empty the pools, with each refusal by its reason and each overage to the cent", async () => {
  const { ask, pools } = openServer();
  const report = await runLoad({ ...plan, ...PROFILES.medium, mode: "checkout-only" }, { ask, pause });
  expect(report).toMatchObject({ failed: 0, missing: {}, beyond: {} });
  // Every pool at its end: 15 x 500.00, 6 x 120.50, 5 x 75.25 and 5 x 250.99.
  expect(report.sent.sums()).toMatchObject({ borrowed: 86, overage: 31, "cost in cents": 985_420 });
  expect(pools.status().map(({ available }) => available)).toEqual([0, 0, 0, 0, 0]);
});

test("the same seed makes the same choices", async () => {
  const run = async (seed: number) =>
    (await runLoad({ ...plan, users: 1, seed }, { ask: openServer().ask, pause })).sent.entries();
  expect(await run(7)).toEqual(await run(7));
  expect(await run(7)).not.toEqual(await run(8));
});

test("borrows of others are reported apart, and so is a borrow that is not counted", async () => {
  const { ask } = openServer();
  let requests = 0;
  const busy: Ask = async (path, init) => {
    if (path === "/licenses/borrow" && ++requests === 1)
      await ask(path, { method: "POST", body: JSON.stringify({ tool: "compiler", user: "li" }) });
    return ask(path, init);
  };
  const report = await runLoad(plan, { ask: busy, pause });
  expect(report).toMatchObject({ missing: {}, beyond: { "attempts compiler": 1, "borrowed compiler": 1 } });
  expect(renderReport(report)).toContain(
    "Others of the same server: 1 attempts compiler, 1 borrowed compiler.",
  );

  const forgetful: Ask = async (path, init) => (path === "/metrics" ? new Response("") : ask(path, init));
  const lost = await runLoad({ ...plan, users: 1, operations: 1 }, { ask: forgetful, pause });
  expect(renderReport(lost)).toMatch(/NOT COUNTED: 1 attempts \w+, 1 borrowed \w+, 1 returned \w+\./);
});

test("a server that fails is reported, and a run that is aborted returns what it holds", async () => {
  const { ask, pools } = openServer();
  const broken: Ask = async (path, init) =>
    path === "/licenses/borrow" ? Response.json({}, { status: 500 }) : ask(path, init);
  const report = await runLoad({ ...plan, operations: 1 }, { ask: broken, pause });
  expect(renderReport(report)).toContain("5 requests had no answer or a 5xx");

  const stop = new AbortController();
  await runLoad(plan, {
    ask,
    pause,
    signal: stop.signal,
    onProgress: (done) => done === 10 && stop.abort(),
  });
  expect(pools.lent()).toEqual([]);
});

import type { CollectAnswer } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { createShop } from "../backend.ts";
import { catalog } from "../catalog.ts";
import { createVisitors } from "./createVisitors.ts";
import { describeVisit } from "./describeVisit.ts";
import { playVisit } from "./playVisit.ts";
import { createRandom } from "./random.ts";
import type { Step } from "./steps.ts";

const ORIGIN = "http://127.0.0.1:4000";

function describeVisits(seed: number, visits: number): Step[][] {
  const random = createRandom(seed);
  return Array.from({ length: visits }, () => describeVisit(random));
}

/** A real shop behind a real collector, and every answer that its visitors got. */
function openShop() {
  const collector = createCollector({ catalog, allowedOrigins: [ORIGIN], bots: "count" });
  onTestFinished(() => collector.stop());
  const app = new Hono()
    .route("/", createShop({ collector, pause: () => Promise.resolve() }))
    .route("/", collector.app);
  const answers: { path: string; status: number; body: Partial<CollectAnswer> }[] = [];

  return {
    answers,
    fetch: async (request: Request): Promise<Response> => {
      const response = await app.request(request);
      const body: Partial<CollectAnswer> = await response.clone().json();
      answers.push({ path: new URL(request.url).pathname, status: response.status, body });
      return response;
    },
    metrics: async () => (await collector.app.request("/metrics")).text(),
  };
}

test("the same seed gives the same visits, another seed others", () => {
  expect(describeVisits(7, 50)).toEqual(describeVisits(7, 50));
  expect(describeVisits(7, 50)).not.toEqual(describeVisits(8, 50));
});

test("a thousand visits hold every kind of event and every call of the shop", () => {
  const steps = describeVisits(1, 1_000).flat();
  const events = steps.flatMap((step) => (step.kind === "send" ? step.events : []));
  const types = new Set(events.map(({ type }) => type));
  expect([...types].toSorted()).toEqual([
    "CLS",
    "FCP",
    "INP",
    "LCP",
    "TTFB",
    "action",
    "api_call",
    "click",
    "conversion",
    "dead_click",
    "error",
    "feature",
    "form_start",
    "form_submit",
    "funnel_step",
    "measurement",
    "page_load",
    "page_view",
    "rage_click",
    "session_start",
    "visible",
  ]);
  const paths = new Set(steps.flatMap((step) => (step.kind === "request" ? [step.path] : [])));
  for (const path of ["/api/checkout", "/api/register", "/api/login", "/api/fail", "/api/slow"]) {
    expect(paths).toContain(path);
  }
});

test("most pages are fast and some are slow", () => {
  const paints = describeVisits(1, 1_000)
    .flat()
    .flatMap((step) => (step.kind === "send" ? step.events : []))
    .flatMap((event) => (event.type === "LCP" ? [event.value] : []));
  const slow = paints.filter((seconds) => seconds > 2.5).length / paints.length;
  expect(slow).toBeGreaterThan(0.1);
  expect(slow).toBeLessThan(1 - catalog.objectives.fast_pages.ratio);
});

test("a session comes to each step of a funnel once, after the steps before it", () => {
  for (const visit of describeVisits(3, 200)) {
    const steps = visit
      .flatMap((step) => (step.kind === "send" ? step.events : []))
      .flatMap((event) => (event.type === "funnel_step" ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, index) => index + 1));
  }
});

test("the collector accepts every event of a hundred visits", async () => {
  const shop = openShop();
  const { signal } = new AbortController();
  for (const visit of describeVisits(1, 100)) {
    const quick = visit.filter((step) => step.kind !== "wait");
    await playVisit(quick, { origin: ORIGIN, signal, fetch: shop.fetch });
  }
  const collected = shop.answers.filter(({ path }) => path === "/collect");
  expect(collected.length).toBeGreaterThan(500);
  for (const { status, body } of collected) {
    expect([200, 202]).toContain(status);
    expect(body.rejected).toBeUndefined();
  }
});

test("visitors come until they are stopped, and bring money", async () => {
  const shop = openShop();
  const visitors = createVisitors({ origin: ORIGIN, pace: 40, fetch: shop.fetch });
  await expect.poll(() => shop.metrics()).toMatch(/^revenue_total\{.*\} [1-9]/m);
  await visitors.stop();

  const before = shop.answers.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(shop.answers).toHaveLength(before);
});

test("a shop that does not answer is visited again", async () => {
  let tries = 0;
  const visitors = createVisitors({
    origin: ORIGIN,
    pace: 100,
    fetch: () => {
      tries++;
      throw new TypeError("fetch failed");
    },
  });
  await expect.poll(() => tries).toBeGreaterThan(3);
  await visitors.stop();
});

test("at most twenty are inside at once", async () => {
  // Held, as a real fetch holds them: the signal of a request that was collected as garbage never aborts.
  const waiting: Request[] = [];
  const visitors = createVisitors({
    origin: ORIGIN,
    pace: 1_000,
    fetch: (request) => {
      waiting.push(request);
      return new Promise((_resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    },
  });
  await expect.poll(() => waiting.length).toBe(20);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(waiting).toHaveLength(20);
  await visitors.stop();
});

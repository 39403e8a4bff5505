import { createCollector } from "@rumkit/server";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { Hono } from "hono";
import { createBackend } from "../backend.ts";
import { catalog } from "../catalog.ts";
import { openPools } from "../pools.ts";
import { type Deployment, releases } from "../release.ts";
import { stories, type StoryName } from "./stories.ts";

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_800_000_000_000,
    toFake: ["Date", "performance", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const ORIGIN = "http://127.0.0.1:4000";

/** A license server on a fake clock, and the lines of a story that plays on it. */
function openStage() {
  const deployment: Deployment = { current: releases.first };
  const collector = createCollector({ catalog, release: "2.0.0", bots: "count" });
  const pools = openPools();
  onTestFinished(async () => {
    await collector.stop();
    pools.close();
  });
  const app = new Hono()
    .route("/", collector.app)
    .route("/", createBackend({ collector, pools, deployment }));
  const lines: string[] = [];
  return {
    lines,
    collector,
    app,
    play: (
      name: StoryName,
      ask = async (path: string, init?: RequestInit) => app.request(ORIGIN + path, init),
    ) =>
      stories[name]({
        deployment,
        seed: 1,
        origin: ORIGIN,
        ask,
        say: (line) => void lines.push(line),
        pause: (milliseconds) => vi.advanceTimersByTimeAsync(milliseconds),
      }),
  };
}

test("the story of an overage crisis: the alert within a minute, the culprit, the fix, and its proof", async () => {
  const { play, lines } = openStage();
  await play("overage");
  expect(lines.map((line) => line.replace(/^\d+:\d\d  /, "").split(/[.,:]/)[0])).toEqual([
    "An ordinary day",
    "The build farm starts",
    "The alert LicensesOverageSurge fires",
    "The live page is red",
    "Recent activity",
    "The alert LicensesHighOverageRate fires",
    "The fix",
    "LicensesOverageSurge is resolved",
    "LicensesHighOverageRate is resolved",
  ]);
});

test.each([
  ["bug", /^\d:\d\d  The alert is resolved, and no visitor of 2\.1\.1 has the error\./],
  ["capacity", /^1:00  \d+ licenses were borrowed/],
  ["friday", /^\d:\d\d  The alert is resolved, colleagues borrow again\./],
] as const)("the story %s is seen to its end", async (name, last) => {
  const { play, lines } = openStage();
  await play(name);
  expect(lines.at(-1)).toMatch(last);
  expect(lines.at(-1)).toMatch(/all of it is counted\.$/);
});

test("an alert that does not fire ends the story with a sentence", async () => {
  const { play, app } = openStage();
  const told = play("overage", async (path, init) =>
    path === "/realtime/alerts"
      ? Response.json({ alerts: [], history: [] })
      : app.request(ORIGIN + path, init),
  );
  await expect(told).rejects.toThrow(
    "Not seen: the alert LicensesOverageSurge, within a minute. Waited 60 s.",
  );
});

test("borrows that are not counted end the story with a sentence", async () => {
  const { play, app } = openStage();
  const told = play("friday", async (path, init) =>
    path === "/metrics" ? new Response("") : app.request(ORIGIN + path, init),
  );
  await expect(told).rejects.toThrow(/^Not seen: the count of /);
});

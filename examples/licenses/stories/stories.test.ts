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

test.each(["overage", "bug", "capacity", "friday"] as const)(
  "the story %s shows what it says",
  async (name) => {
    const { play, lines } = openStage();
    try {
      await play(name);
    } finally {
      console.log(lines.join("\n"));
    }
  },
);

import type { ErrorGroups, LiveAlerts, LiveFrame, LiveSnapshot } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../../test/support/listen.ts";
import { createShop } from "../backend.ts";
import { catalog } from "../catalog.ts";
import { type Deployment, releases } from "../release.ts";
import { createRollback } from "../rollback.ts";
import { describeVisit } from "../visitors/describeVisit.ts";
import { playVisit } from "../visitors/playVisit.ts";
import { createRandom } from "../visitors/random.ts";
import type { Step } from "../visitors/steps.ts";
import { playStory } from "./story.ts";

const ORIGIN = "http://127.0.0.1:4000";

/** Seconds of normal traffic before the story: fewer than in the demo, which only makes it harder. */
const BEFORE_SECONDS = 60;

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_800_000_000_000,
    toFake: ["Date", "performance", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A shop behind a collector, which simulated visitors visit on a fake clock. Its rollback is asked over HTTP. */
async function openShop() {
  const deployment: Deployment = { current: releases.first };
  const hooks = new Hono();
  const address = new URL(await listen(serve({ fetch: hooks.fetch, port: 0, hostname: "127.0.0.1" })));
  const { alerts, hook } = createRollback(deployment, "127.0.0.1", Number(address.port));
  hooks.route("/", hook);
  const collector = createCollector({
    catalog,
    alerts,
    release: releases.first.name,
    bots: "count",
    allowedOrigins: [ORIGIN],
  });
  const random = createRandom(1);
  const pauses: number[] = [];
  const shop = createShop({
    collector,
    deployment,
    random: createRandom(2),
    pause: async (milliseconds) => void pauses.push(milliseconds),
  });
  const app = new Hono().route("/", shop).route("/", collector.app);
  const { signal } = new AbortController();

  return {
    deployment,
    collector,
    ask: async (path: string, init?: RequestInit) => collector.app.request(path, init),
    pauses,
    /** One visit each second, without what takes time and changes nothing here: thinking and hashing passwords. */
    visit: async (seconds: number): Promise<void> => {
      for (let visits = 0; visits < seconds; visits++) {
        const release = deployment.current;
        const steps = describeVisit(random, release).filter(isNeeded);
        await playVisit(steps, {
          origin: ORIGIN,
          release: release.name,
          signal,
          fetch: (request) => app.request(request),
        });
        await vi.advanceTimersByTimeAsync(1_000);
      }
    },
    /** The live page's board. */
    see: async () => {
      const frame = await readSnapshot(await collector.app.request("/realtime/metrics"));
      const groups: ErrorGroups = await (await collector.app.request("/api/rumkit/errors")).json();
      const orders = await (await collector.app.request("/metrics")).text();
      return {
        releases: frame.board.releases.map(({ release }) => release),
        missed: frame.board.objectives.flatMap(({ objective, missed }) =>
          missed ? [`${objective} after ${missed.release}`] : [],
        ),
        errors: groups.groups.flatMap(({ name, releases: of }) =>
          Object.keys(of).map((release) => `${name} of ${release}`),
        ),
        orders: Number(/^orders_created_total\S* (\d+)$/m.exec(orders)?.[1] ?? 0),
      };
    },
  };
}

function isNeeded(step: Step): boolean {
  return step.kind === "send" || (step.kind === "request" && !/register|login|logout/.test(step.path));
}

async function readSnapshot(response: Response): Promise<LiveSnapshot> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!/^data: .*\n\n/m.test(text)) text += decoder.decode((await reader.read()).value, { stream: true });
  await reader.cancel();
  return JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as LiveFrame as LiveSnapshot;
}

test("a bad release is marked, slows pages, costs orders and misses objectives, until its rollback", async () => {
  const shop = await openShop();
  onTestFinished(() => shop.collector.stop());
  await shop.visit(BEFORE_SECONDS);
  const before = await shop.see();
  expect(before).toMatchObject({ releases: ["1.4.0"], missed: [] });

  // The live page's board when each line is said.
  const lines: string[] = [];
  const boards: (typeof before)[] = [];
  await playStory({
    deployment: shop.deployment,
    ask: shop.ask,
    say: (line) => void lines.push(line),
    pause: async (milliseconds) => {
      const said = lines.length;
      await shop.visit(milliseconds / 1_000);
      // Not of each second in which it waits.
      if (milliseconds > 5_000) boards[said] = await shop.see();
    },
  });

  expect(lines.map((line) => line.slice(line.indexOf("  ") + 2, line.indexOf(".", 6)))).toEqual([
    "Release 1",
    "Product pages are slow, and some fail: a new error is first in the list of errors",
    "The alert ShopSlowPages fires, and asks to roll back",
    "Few visitors buy now",
    "The rollback is approved: 1",
    "Visitors buy again",
    "The alert is resolved, and the view Alerts says that the rollback helped",
    "All objectives are met again, and the banner is gone",
  ]);
  const secondsOf = (line: number): number => {
    const [, minutes, seconds] = /^(\d+):(\d\d)/.exec(lines[line]!)!;
    return Number(minutes) * 60 + Number(seconds);
  };
  expect(secondsOf(7)).toBeLessThan(600);
  const [slow, costly, rolled, buying, end] = [1, 3, 4, 5, 7].map((line) => boards[line]!);
  expect(slow!.releases).toEqual(["1.4.0", "1.5.0"]);
  expect(slow!.errors).toContain("TypeError of 1.5.0");
  expect(before.errors).not.toContain("TypeError of 1.5.0");
  expect(shop.pauses.filter((milliseconds) => milliseconds > 600).length).toBeGreaterThan(20);
  for (const board of [costly, rolled, buying])
    expect(board!.missed).toEqual(["fast_pages after 1.5.0", "reliable_api after 1.5.0"]);
  expect(end).toMatchObject({ releases: ["1.4.0", "1.5.0", "1.5.1"], missed: [] });

  const perSecond = (from: typeof before, to: typeof before, seconds: number): number =>
    (to.orders - from.orders) / seconds;
  const usual = before.orders / BEFORE_SECONDS;
  expect(perSecond(slow!, rolled!, secondsOf(4) - secondsOf(1))).toBeLessThan(usual / 2);
  expect(perSecond(buying!, end!, secondsOf(7) - secondsOf(5))).toBeGreaterThan(usual * 0.7);

  const { actions, history } = (await (await shop.ask("/api/rumkit/alerts")).json()) as LiveAlerts;
  expect(actions).toMatchObject([{ name: "rollback", state: "done", approvedBy: ["story"], helped: true }]);
  expect(history.map(({ name, state }) => `${name} ${state}`)).toContain("ShopSlowPages resolved");
}, 300_000);

test("a story that is interrupted says nothing more", async () => {
  const lines: string[] = [];
  const story = playStory({
    deployment: { current: releases.first },
    ask: async () => Response.json({ actions: [] }),
    say: (line) => void lines.push(line),
    pause: async () => {
      if (lines.length === 2) throw new Error("The shop closes.");
    },
  });
  await expect(story).rejects.toThrow("The shop closes.");
  expect(lines).toHaveLength(2);
});

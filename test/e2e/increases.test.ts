/**
 * Two real Prometheus at different moments of a second, over a restart, an idle end and a deploy: what each says that
 * happened is what happened, and no alert is raised. `npm run truth -- increases 20` takes so many rounds of traffic.
 */
import { expect, test } from "vitest";
import { readIncreases } from "../support/increases/rawIncreases.ts";
import { longestGap } from "../support/increases/replicas.ts";
import { type ShopRun, startShopRun } from "../support/increases/shopRun.ts";
import type { Expected, Traffic } from "../support/increases/traffic.ts";
import type { RunningPrometheus } from "../support/prometheus.ts";

/** The interval of traffic between two events of a run. */
const ROUNDS = Number(process.env["ROUNDS"] ?? 2);

/** Families that are kept over a restart, and one that begins anew. */
const FAMILIES = [
  "http_requests_total",
  "conversions_total",
  "revenue_total",
  "rum_actions_total",
  "rum_clicks_total",
  "rum_page_views_total",
];

/** Labels that say of what the browser was; the traffic has none. */
const CIRCUMSTANCES = /,?(?:navigation|experience|device|browser)="[^"]*"/g;

/** The traffic asks one route; others are asked by Prometheus and by pages. */
const OTHER_ROUTES = /^http_requests_total\{.*route="\/(?!status)/;

/** A restart takes a scrape or two, so that these begin to wait. None may fire. */
const MAY_WAIT = ["ShopCollectorAbsent", "ShopCollectorDown", "ShopCollectorNotReady", "ShopScrapesLost"];

/**
 * Seconds for which a new series is 0 to a Prometheus that scrapes each second, four times its timeout. Where the machine
 * was too busy for a scrape in that time, a run says nothing, and is done again.
 */
const ZERO_S = 4;
const ATTEMPTS = 3;

test("every increase is right on both, and no alert is raised", { timeout: 1_200_000 }, async () => {
  for (let attempt = 1; ; attempt += 1) {
    const run = await startShopRun();
    try {
      return await walk(run);
    } catch (error) {
      const gaps = await Promise.all(run.replicas.map(longestGap));
      if (attempt === ATTEMPTS || Math.max(...gaps) < ZERO_S) throw error;
      console.warn(`Prometheus did not scrape for ${Math.max(...gaps)} s: once more.`);
    } finally {
      await run.stop();
    }
  }
});

async function walk(run: ShopRun): Promise<void> {
  const { traffic, replicas } = run;
  await work(traffic, "1");
  await allHaveSeen(run);

  await run.restart("1");
  await work(traffic, "1");
  await allHaveSeen(run);

  // What was clicked on has ended, and one element comes back.
  const clicked = async () => (await replicas[0]!.query("count(rum_clicks_total)"))[0]?.value ?? 0;
  await expect.poll(clicked, { timeout: 120_000 }).toBe(0);
  await work(traffic, "1");
  await allHaveSeen(run);

  // A deploy, whose catalog has lost a route and a value of a label, and has others.
  await run.restart("2");
  await work(traffic, "2");
  await allHaveSeen(run);

  for (const replica of replicas) {
    await expectPromqlToAgree(replica);
    await expectNoAlert(replica);
  }
  await expectEndToShow(run);
}

/** Events of each kind, on series that are there and on series that begin with them. */
async function work(traffic: Traffic, release: "1" | "2"): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await traffic.requests(200, 19);
    await traffic.requests(500, 1);
    await traffic.newStatus();
    await traffic.batch("/", "x");
    await traffic.batch(release === "1" ? "/old" : "/new", release === "1" ? "y" : "z");
    await traffic.batch("/", "x", "pay", 1);
    await traffic.order();
  }
}

/** Waits until each has seen all of it: the last scrape comes after the last event. */
async function allHaveSeen({ traffic, replicas }: ShopRun): Promise<void> {
  for (const replica of replicas)
    await expect.poll(async () => sorted(await seenBy(replica))).toEqual(sorted(traffic.expected));
}

/** The samples of a Prometheus, of the series that changed. */
async function seenBy(prometheus: RunningPrometheus): Promise<Expected> {
  const seen: Expected = {};
  for (const family of FAMILIES) {
    for (const [series, { exact }] of Object.entries(await readIncreases(prometheus, family))) {
      if (exact === 0 || OTHER_ROUTES.test(series)) continue;
      const name = series.replaceAll(CIRCUMSTANCES, "").replace("{,", "{");
      seen[name] = Math.round(((seen[name] ?? 0) + exact) * 100) / 100;
    }
  }
  return seen;
}

function sorted(values: Expected): Expected {
  return Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `increase` extrapolates by at most 1.1 scrapes at each end of a series; never below what was there. */
async function expectPromqlToAgree(prometheus: RunningPrometheus): Promise<void> {
  for (const family of FAMILIES) {
    const increases = await readIncreases(prometheus, family);
    for (const [series, { exact, promql, samples }] of Object.entries(increases)) {
      // Each scrape is a request, also one between the two queries.
      if (OTHER_ROUTES.test(series)) continue;
      expect(promql, series).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(promql, series).toBeLessThanOrEqual(exact * (1 + 2.2 / Math.max(samples - 1, 1)) + 1e-9);
    }
  }
}

async function expectNoAlert(prometheus: RunningPrometheus): Promise<void> {
  const alerts = await prometheus.query("count by (alertname, alertstate) (count_over_time(ALERTS[2h]))");
  const raised = alerts.map(({ labels: { alertname, alertstate } }) => `${alertname} ${alertstate}`);
  expect(raised.filter((alert) => !MAY_WAIT.some((name) => alert === `${name} pending`))).toEqual([]);
}

/** An alert reports a collector that is gone, and the board stops showing its last values. */
async function expectEndToShow({ replicas: [replica], end }: ShopRun): Promise<void> {
  const sessions = "sum(rum_active_sessions)";
  expect(await replica!.query(sessions)).toMatchObject([{ value: expect.any(Number) }]);
  await end();
  const down = 'ALERTS{alertname="ShopCollectorDown",alertstate="pending"}';
  await expect.poll(() => replica!.query(down)).toHaveLength(1);
  expect(await replica!.query(sessions)).toEqual([]);
}

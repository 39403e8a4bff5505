/** The push into a real Prometheus and a real VictoriaMetrics, behind a relay that fails as a test says. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector, openSqliteJournal } from "@rumkit/server";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";
import { startPrometheus } from "../support/prometheus.ts";
import { type QueryApi, samplesOf } from "../support/queryApi.ts";
import { startRelay } from "../support/push/relay.ts";
import { parseExposition } from "../support/scrape.ts";
import type { Started } from "../support/started.ts";
import { startVictoriaMetrics } from "../support/victoriaMetrics.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { ship: { help: "Parcels.", from: "server" } },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  measurements: { pack: { help: "Packing.", unit: "seconds", buckets: [0.1, 1], from: "server" } },
});

/** Families that move by themselves between a push and a scrape. */
const MOVING = /^(?:rum_push_|rum_journal_|rum_scrape|rum_series|rum_live_|rum_overload|app_uptime|http_)/;

const STORES: Readonly<Record<string, () => Promise<Started & QueryApi>>> = {
  Prometheus: () => startPrometheus({}),
  VictoriaMetrics: () => startVictoriaMetrics({}),
};

let jobs = 0;

// Beside each other, because a store shows what it got seconds later.
describe.concurrent.each(Object.entries(STORES))("into %s", (name, start) => {
  let store: Started & QueryApi;

  beforeAll(async () => {
    store = await start();
  });
  afterAll(async () => {
    await store?.stop();
  });

  /** A collector with a separate relay, both of which end with the test, and what the store has of it. */
  async function push(onTestFinished: TestContext["onTestFinished"]) {
    jobs += 1;
    const job = `shop${jobs}`;
    const relay = await startRelay(`${store.address}/api/v1/write`);
    const folder = mkdtempSync(join(tmpdir(), "rumkit-push-"));
    const open = async (): Promise<Collector<typeof catalog>> =>
      createCollector({
        catalog,
        environment: "production",
        runtimeMetrics: false,
        journal: await openSqliteJournal({ path: join(folder, "journal") }),
        remoteWrite: {
          url: relay.url,
          intervalMs: 1_000,
          labels: { job, instance: "one" },
          allowPrivateAddresses: ["127.0.0.1"],
        },
      });
    let collector = await open();
    onTestFinished(async () => {
      await collector.stop();
      await relay.stop();
      rmSync(folder, { recursive: true });
    });
    const valueOf = async (expression: string): Promise<number | undefined> =>
      (await store.query(expression))[0]?.value;
    return {
      job,
      relay,
      collector: () => collector,
      read: async () => (await collector.fetch(new Request("http://localhost/metrics"))).text(),
      startAgain: async () => {
        collector = await open();
      },
      selector: (metric: string) => `${metric}{job="${job}"}`,
      valueOf,
      shipped: () => valueOf(`actions_total{job="${job}",action="ship"}`),
    };
  }

  test("every value is the one that a scrape shows", async ({ onTestFinished }) => {
    const { job, collector: current, read, shipped } = await push(onTestFinished);
    const collector = current();
    await collector.trackAction("ship");
    await collector.trackConversion("purchase", { id: `${name}-1`, value: 12.34, currency: "USD" });
    await collector.measure("pack", 0.4);
    await expectSoon(shipped).toBe(1);
    const scraped = async (): Promise<Map<string, number>> => {
      const text = await read();
      return new Map(
        [...parseExposition(text)]
          .filter(([line]) => !MOVING.test(line))
          .map(([line, value]) => [keyOfLine(line), value]),
      );
    };
    const pushed = async (): Promise<Map<string, number>> => {
      const found = await store.query(`{job="${job}"}`);
      return new Map(
        found
          .map(({ labels: { __name__: metric = "", job: _job, instance: _instance, ...labels }, value }) => {
            return [metric, labels, value] as const;
          })
          .filter(([metric]) => !MOVING.test(metric))
          .map(([metric, labels, value]) => [keyOf(metric, labels), value]),
      );
    };
    await expectSoon(async () => {
      const [ours, theirs] = [await scraped(), await pushed()];
      const different = [...ours].filter(([key, value]) => theirs.get(key) !== value).map(([key]) => key);
      return [different, [...theirs.keys()].filter((key) => !ours.has(key)), ours.size > 50];
    }).toEqual([[], [], true]);
  });

  test("a stop ends every series at once, and a start goes on where it was", async ({ onTestFinished }) => {
    const { job, collector, startAgain, shipped } = await push(onTestFinished);
    await collector().trackAction("ship");
    await expectSoon(shipped).toBe(1);
    await collector().stop();
    // A gap: without a stale marker, the last value would be shown for five minutes.
    await expectSoon(async () => (await store.query(`{job="${job}"}`)).length).toBe(0);
    await startAgain();
    await collector().trackAction("ship");
    await expectSoon(shipped).toBe(2);
  });

  test.for([503, 429, "closed"] as const)(
    "a receiver that fails with %s gets everything afterwards, in order",
    { timeout: 200_000 },
    async (fault, { onTestFinished }) => {
      const { relay, collector, read, selector, valueOf, shipped } = await push(onTestFinished);
      await expectSoon(() => valueOf(selector("rum_ready"))).toBe(1);
      const before = relay.refused.length;
      relay.answer(fault);
      await expectSoon(() => relay.refused.length - before).toBeGreaterThanOrEqual(2);
      await collector().trackAction("ship");
      // Pushes while it is down, by the collector's own count of what waits.
      await expectSoon(async () =>
        Number(/^rum_push_spool_age_seconds (\S+)/m.exec(await read())?.[1]),
      ).toBeGreaterThan(3);
      relay.answer(undefined);
      await expectSoon(shipped).toBe(1);
      const sent = relay.refused.slice(before).flatMap((request) => request.ats);
      const atsOf = async (): Promise<number[]> =>
        (await samplesOf(store, selector("rum_ready"))).map(([at]) => at);
      await expectSoon(async () => {
        const ats = await atsOf();
        return sent.filter((at) => !ats.some((one) => Math.abs(one * 1_000 - at) < 1));
      }).toEqual([]);
      const ats = await atsOf();
      expect(ats).toEqual(ats.toSorted((a, b) => a - b));
    },
  );

  test("400 and 500 for ever delay no request, and are counted", async ({ onTestFinished }) => {
    const { relay, collector: current, read } = await push(onTestFinished);
    const collector = current();
    // A refused request is split many times before its first samples are dropped.
    const counted = {
      400: /^rum_push_dropped_samples_total\{reason="refused"\} [1-9]/m,
      500: /^rum_push_requests_total\{outcome="retried"\} [1-9]/m,
    };
    for (const fault of [400, 500] as const) {
      relay.answer(fault);
      const before = relay.refused.length;
      await expectSoon(() => relay.refused.length - before).toBeGreaterThanOrEqual(2);
      await collector.trackAction("ship");
      expect((await collector.fetch(new Request("http://localhost/readyz"))).status).toBe(200);
      await expectSoon(read).toMatch(counted[fault]);
    }
  });
});

test("the configuration of an agent is valid", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-agent-"));
  const text = readFileSync(join(import.meta.dirname, "../../deploy/prometheus-agent.yml"), "utf8");
  // promtool wants the files of secrets to exist.
  for (const name of ["rumkit-token", "grafana-token"]) writeFileSync(join(folder, name), "secret");
  writeFileSync(join(folder, "agent.yml"), text.replaceAll("/etc/prometheus", folder));
  const args = ["check", "config", "--agent", join(folder, "agent.yml")];
  const { stdout } = await promisify(execFile)("promtool", args);
  expect(stdout).toContain("SUCCESS");
  rmSync(folder, { recursive: true });
});

/** The key of a line of the exposition, without its value. */
function keyOfLine(line: string): string {
  const [, name = "", labels = ""] = /^([^{]+)(?:\{(.*)\})?$/.exec(line)!;
  return keyOf(
    name,
    Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!])),
  );
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

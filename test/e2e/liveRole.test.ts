import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LiveAlerts, LiveVitals } from "@rumkit/protocol";
import { type Broker, type Collector, createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { topicOf, writeMessage } from "@rumkit/server/internal/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { catalog } from "../support/cluster/catalog.ts";
import { readLiveTotals, type Totals } from "../support/cluster/liveTotals.ts";
import { createRoleProcesses, type RoleProcess } from "../support/cluster/roles.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { listen } from "../support/listen.ts";
import { type RunningNats, startNats } from "../support/natsServer.ts";

/** SIGKILLs of aggregators and of the live role, in turns. More than two also run what takes longer. */
const KILLS = Number(process.env["KILLS"] ?? 2);

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

const hexId = (): string => randomBytes(16).toString("hex");

/** A batch of a page, as text. */
function createBatch(session: string, seq: number, more: readonly object[] = []): string {
  const value = (index: number): number => ((seq * 7_919 + index * 104_729) % 4_000) / 1_000;
  const events = [
    { type: "page_view", route: ["/", "/product", "/cart"][seq % 3], count: 1 },
    { type: "action", route: "/product", name: "press", details: { key: "x" }, count: 1 + (seq % 3) },
    { type: "conversion", route: "/cart", name: "wish", amount: 1_234 + seq, currency: "EUR", count: 1 },
    { type: "measurement", route: "/", name: "effort", value: (seq % 2_048) / 1_024, count: 1 },
    { type: "LCP", route: "/", value: value(1), count: 1 },
    { type: "INP", route: "/product", value: value(2) / 10, count: 1 },
    ...(seq % 4 === 0 ? [{ type: "funnel_step", name: "buying", step: 1, count: 1 }] : []),
    ...more,
  ];
  return JSON.stringify({ v: 1, id: hexId(), seq, session, sentAt: Date.now(), events });
}

async function publish(broker: Broker, body: string): Promise<void> {
  const { session } = JSON.parse(body) as { readonly session: string };
  const id = randomUUID();
  const message = writeMessage({ kind: "batch", id, at: Date.now(), body: Buffer.from(body) });
  await broker.publish(topicOf(session, broker.partitions), { id, body: message });
}

const openApp = (app: string): Promise<Broker> =>
  openBroker({ url: nats.url, app, partitions: 4, allowUnsafe: true, log: { warn: () => {} } });

/** Gives each of some aggregators a share of the partitions. */
async function assign({ records, partitions }: Broker, count: number): Promise<void> {
  const owners = Array.from({ length: partitions }, (_, partition) => `aggregate-${partition % count}`);
  expect(await records.write("assignment.wanted", JSON.stringify({ v: 1, owners }), 0)).toBeGreaterThan(0);
}

const appName = (): string => `live-${randomUUID().slice(0, 8)}`;

const COUNTED =
  /^(rum_(page_views|actions|conversions|conversion_value|funnel|vital_ratings|lcp|inp|effort)|rum_active_sessions)/;

/** The counts of pages that a live stream shows. */
async function countsOf(stream: Response | Promise<Response>): Promise<Totals> {
  return rounded(await exactCountsOf(stream));
}

async function exactCountsOf(stream: Response | Promise<Response>): Promise<Totals> {
  const totals = await readLiveTotals(stream);
  return Object.fromEntries(Object.entries(totals).filter(([series]) => COUNTED.test(series)));
}

/** Without the last digits of sums, which depend on the order of additions. Only sums of all parts may be rounded. */
function rounded(totals: Totals): Totals {
  return Object.fromEntries(
    Object.entries(totals).map(([series, values]) => [
      series,
      values.map((value) => Number(value.toFixed(6))),
    ]),
  );
}

const STREAM = "/realtime/metrics";

async function vitalsOf({ app }: Pick<Collector<typeof catalog>, "app">): Promise<LiveVitals> {
  return (await app.request("/realtime/vitals")).json() as Promise<LiveVitals>;
}

/** The 75th percentiles, by table, row and vital. */
const quantilesOf = ({ tables }: LiveVitals): [string, number][] =>
  tables.flatMap(({ label, rows }) =>
    rows.flatMap(({ value, vitals }) =>
      vitals.map(({ vital, p75 }): [string, number] => [`${label} ${value} ${vital}`, p75]),
    ),
  );

test("a live page over three aggregators has the counts, money, quantiles, funnels and sessions of one collector", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-live-"));
  const app = appName();
  const collectors: Collector<typeof catalog>[] = [];
  const brokers: Broker[] = [];
  onTestFinished(async () => {
    for (const collector of collectors) await collector.stop();
    for (const broker of brokers) await broker.close();
    rmSync(folder, { recursive: true });
  });
  const options = { catalog, runtimeMetrics: false, exceptions: false, environment: "production" } as const;
  const startRole = async (role: "aggregate" | "live", name: string): Promise<Collector<typeof catalog>> => {
    const broker = await openApp(app);
    brokers.push(broker);
    const journal = await openSqliteJournal({ path: join(folder, `${name}.journal`) });
    const collector = createCollector({ ...options, journal, cluster: { role, broker, name } });
    collectors.push(collector);
    return collector;
  };
  const alone = createCollector({ ...options, allowedOrigins: ["https://shop.example"] });
  collectors.push(alone);
  const edge = await openApp(app);
  brokers.push(edge);
  await assign(edge, 3);
  const live = await startRole("live", "live-0");
  const aggregators = [];
  for (const index of [0, 1, 2]) aggregators.push(await startRole("aggregate", `aggregate-${index}`));

  const sessions = Array.from({ length: 60 }, hexId);
  const bodies = Array.from({ length: 300 }, (_, seq) =>
    createBatch(sessions[seq % 60]!, Math.floor(seq / 60)),
  );
  for (const body of bodies) {
    const headers = { origin: "https://shop.example" };
    const answer = await alone.app.request("/collect", { method: "POST", headers, body });
    expect(answer.status).toBe(202);
  }
  await Promise.all([...bodies, ...bodies.slice(0, 40)].map((body) => publish(edge, body)));

  const ofOne = (): Promise<Totals> => countsOf(alone.app.request(STREAM));
  // Gauges are shown once a second.
  await expectSoon(async () => (await ofOne())["rum_active_sessions {}"]).toEqual([60, 0]);
  const expected = await ofOne();
  await expectSoon(() => countsOf(live.app.request(STREAM))).toEqual(expected);
  for (const aggregator of aggregators)
    expect(sumOf(await countsOf(aggregator.app.request(STREAM)), /^rum_page_views/)).toBeGreaterThan(0);
  const quantiles = new Map(quantilesOf(await vitalsOf(live)));
  for (const [name, p75] of quantilesOf(await vitalsOf(alone)))
    expect(Math.abs(quantiles.get(name)! / p75 - 1), name).toBeLessThan(0.02);
  expect(quantiles.size).toBe(quantilesOf(await vitalsOf(alone)).length);
});

test(`after ${KILLS} SIGKILLs of aggregators and of the live role under load, its totals are those of the log`, async () => {
  const app = appName();
  const roles = createRoleProcesses(nats.url, app);
  onTestFinished(roles.stop);
  const edge = await openApp(app);
  onTestFinished(() => edge.close());
  await assign(edge, 2);
  const live = await roles.start({ role: "live", name: "live-0" });
  const aggregators = [
    await roles.start({ role: "aggregate", name: "aggregate-0" }),
    await roles.start({ role: "aggregate", name: "aggregate-1" }),
  ];
  let sent = 0;
  const ending = new AbortController();
  const load = (async () => {
    while (!ending.signal.aborted) {
      const bodies = Array.from({ length: 10 }, (_, seq) => createBatch(hexId(), seq));
      await Promise.all([...bodies, ...bodies.slice(0, 2)].map((body) => publish(edge, body)));
      sent += bodies.length;
      await wait(20);
    }
  })();
  const views = async (): Promise<number> =>
    sumOf(await countsOf(fetch(live.url + STREAM)), /^rum_page_views/);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = await views();
    await expectSoon(views).toBeGreaterThan(before + 20);
    const victim = [aggregators[0]!, live, aggregators[1]!][kill % 3]!;
    await victim.kill();
    await victim.start();
  }
  ending.abort();
  await load;
  await expectSoon(views).toBe(sent);
  const alone = await aggregatorsOf(aggregators);
  await expectSoon(async () => {
    const { "rum_active_sessions {}": _, ...counts } = await countsOf(fetch(live.url + STREAM));
    return counts;
  }).toEqual(alone);
});

function sumOf(totals: Totals, family: RegExp): number {
  return Object.entries(totals).reduce(
    (sum, [series, [value = 0]]) => (family.test(series) ? sum + value : sum),
    0,
  );
}

/** The sum of the counts of aggregators. */
async function aggregatorsOf(aggregators: readonly RoleProcess[]): Promise<Totals> {
  const sums: Record<string, readonly number[]> = {};
  for (const { url } of aggregators)
    for (const [series, [value = 0, sum = 0]] of Object.entries(await exactCountsOf(fetch(url + STREAM)))) {
      const [before = 0, sumBefore = 0] = sums[series] ?? [];
      sums[series] = [value + before, sum + sumBefore];
    }
  const { "rum_active_sessions {}": _, ...counts } = sums;
  return rounded(counts);
}

const byText = (one: { readonly text: string }, other: { readonly text: string }): number =>
  one.text < other.text ? -1 : 1;

describe("the leader of two live roles", () => {
  interface Hooked {
    readonly key: string;
    /** The alert, and its state: `ShopPresses firing`. */
    readonly text: string;
  }

  /** A receiver of notices. */
  interface Hook {
    readonly url: string;
    readonly notices: readonly Hooked[];
    /** Those that came while it was down. */
    readonly refused: readonly Hooked[];
    isDown: boolean;
  }

  async function startHook(): Promise<Hook> {
    const notices: Hooked[] = [];
    const refused: Hooked[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { status, groupLabels } = JSON.parse(Buffer.concat(chunks).toString()) as {
          readonly status: string;
          readonly groupLabels: { readonly alertname: string };
        };
        const notice = {
          key: String(request.headers["webhook-id"]),
          text: `${groupLabels.alertname} ${status}`,
        };
        (hook.isDown ? refused : notices).push(notice);
        response.writeHead(hook.isDown ? 503 : 204).end();
      });
    });
    const url = await listen(server.listen(0, "127.0.0.1"));
    const hook: Hook = { url, notices, refused, isDown: false };
    return hook;
  }

  const textsOf = (notices: readonly Hooked[]): string => notices.map(({ text }) => text).join();

  /** Silences all warnings for ten minutes. */
  const silence = (url: string): Promise<Response> =>
    fetch(`${url}/api/rumkit/silences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        by: "ann",
        why: "test",
        matchers: ["severity=warning"],
        endsAt: Date.now() + 600_000,
      }),
    });

  /** The names of alerts whose notices are held back. */
  async function mutedAt(url: string): Promise<readonly string[]> {
    const { alerts } = (await (await fetch(`${url}/api/rumkit/alerts`)).json()) as LiveAlerts;
    return alerts.filter(({ mutedBy }) => mutedBy.length > 0).map(({ name }) => name);
  }

  async function startTwo(hook: string) {
    const app = appName();
    const roles = createRoleProcesses(nats.url, app);
    onTestFinished(roles.stop);
    const edge = await openApp(app);
    onTestFinished(() => edge.close());
    const first = await roles.start({ role: "live", name: "live-0", hook });
    await roles.start({ role: "aggregate", name: "aggregate-0" });
    await expectSoon(first.output).toContain("live-0 leads");
    const second = await roles.start({ role: "live", name: "live-1", hook });
    const send = (event: object): Promise<void> => publish(edge, createBatch(hexId(), 1, [event]));
    const press = (): Promise<void> =>
      send({ type: "action", route: "/", name: "press", details: { key: "y" }, count: 5 });
    const view = (route: string): Promise<void> => send({ type: "page_view", route, count: 100 });
    const pressed = async (): Promise<number> =>
      sumOf(await countsOf(fetch(second.url + STREAM)), /^rum_actions_total .*"y"/);
    await expectSoon(async () => (await fetch(`${second.url}/readyz`)).status).toBe(200);
    return { first, second, press, view, pressed };
  }

  test("is followed after a SIGKILL by the other, with its episodes, its silences, and the notices that wait for their receiver", async () => {
    const hook = await startHook();
    const { first, second, press, view, pressed } = await startTwo(hook.url);
    expect((await silence(first.url)).status).toBe(201);
    await press();
    await expectSoon(() => textsOf(hook.notices)).toBe("ShopPresses firing");
    hook.isDown = true;
    await view("/product");
    await expectSoon(() => textsOf(hook.refused)).toContain("ShopCrowd firing");
    await expectSoon(pressed).toBe(5);
    expect(second.output()).not.toContain("leads");
    await first.kill();
    await expectSoon(second.output).toContain("live-1 leads");
    await view("/cart");
    await expectSoon(() => mutedAt(second.url)).toEqual(["ShopCarts"]);
    hook.isDown = false;
    await expectSoon(() => textsOf(hook.notices.toSorted(byText))).toBe(
      "ShopCrowd firing,ShopPresses firing,ShopPresses resolved",
    );
    const keyOf = (notices: readonly Hooked[], of: string) => notices.find(({ text }) => text === of)?.key;
    expect(keyOf(hook.notices, "ShopCrowd firing")).toBe(keyOf(hook.refused, "ShopCrowd firing"));
    expect(new Set(hook.notices.map(({ key }) => key)).size).toBe(3);
  });

  test.runIf(KILLS > 2)("that was paused sends nothing when it wakes, and follows", async () => {
    const { url, notices } = await startHook();
    const { first, second, press } = await startTwo(url);
    first.signal("SIGSTOP");
    await press();
    await expectSoon(second.output).toContain("live-1 leads");
    await press();
    await expectSoon(() => notices.length).toBeGreaterThanOrEqual(1);
    first.signal("SIGCONT");
    await expectSoon(async () =>
      sumOf(await countsOf(fetch(first.url + STREAM)), /^rum_actions_total .*"y"/),
    ).toBe(10);
    await expectSoon(() => textsOf(notices)).toBe("ShopPresses firing,ShopPresses resolved");
    const refused = await silence(first.url);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining("live-1")]);
  });
});

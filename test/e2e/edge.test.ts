/** Edges over a real NATS server: messages that were acknowledged are in the log, each once by its id. */
import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { readLog } from "../support/edge/readLog.ts";
import { type RunningEdge, startEdge } from "../support/edge/startEdge.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { tables } from "../support/hostile/cases.ts";
import { startTarget } from "../support/hostile/target.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "../support/kills/orders.ts";
import { sendOrder } from "../support/kills/sendOrder.ts";
import { type NatsProcess, type RunningNats, startNats } from "../support/natsServer.ts";
import { changes } from "../support/scrape.ts";

/** `KILLS=100 npx vitest run --project e2e test/e2e/edge.test.ts` kills the edge a hundred times. */
const KILLS = Number(process.env["KILLS"] ?? 2);

let nats: RunningNats;
let edge: RunningEdge;
let stops: (() => Promise<unknown> | void)[] = [];

async function start(env: Record<string, string> = {}): Promise<void> {
  await startLog();
  edge = await startEdge(nats.url, env);
  stops.unshift(edge.remove);
}
async function startLog(): Promise<void> {
  nats = await startNats();
  stops.unshift(nats.stop);
}
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

const server = (): NatsProcess => nats.servers[0]!;
const gauge = async (name: string): Promise<number> => (await edge.scrape()).get(name) ?? NaN;
const spooled = (): Promise<number> => gauge("rum_edge_spool_messages");

/** Sends batches one after the other, as a page does, and returns their ids. */
async function sendBatches(count: number, session = randomBytes(16).toString("hex")): Promise<string[]> {
  const ids: string[] = [];
  for (let seq = 0; seq < count; seq += 1) {
    const body = createBatchOrder(seq, session).body();
    const response = await post(body);
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringMatching(/^\{"accepted":\d+\}$/),
    ]);
    ids.push((JSON.parse(body) as { id: string }).id);
  }
  return ids;
}

function post(body: string): Promise<Response> {
  const headers = {
    origin: `http://127.0.0.1:${edge.port}`,
    "content-type": "application/json",
    // Of a visitor: that of Node.js is a bot's.
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
  };
  return edge.request("/collect", { method: "POST", headers, body });
}

async function logged(ids: readonly string[]): Promise<string[]> {
  const wanted = new Set(ids);
  return (await readLog(nats.url)).filter(({ id }) => wanted.has(id)).map(({ id }) => id);
}

describe("an edge", () => {
  test("publishes what pages send, and spools it while the log is away: nothing is lost, doubled or out of order", async () => {
    await start();
    const before = await sendBatches(5, "a".repeat(32));
    expect(await logged(before)).toEqual(before);
    await server().kill();
    const during = await sendBatches(20, "a".repeat(32));
    expect(await spooled()).toBe(20);
    expect((await edge.request("/readyz")).status).toBe(200);
    await server().start();
    await expectSoon(spooled).toBe(0);
    const after = await sendBatches(5, "a".repeat(32));
    const ids = [...before, ...during, ...after];
    expect(await logged(ids)).toEqual(ids);
    const counted = await edge.scrape();
    expect(counted.get("rum_edge_spooled_total")).toBe(20);
    expect(counted.get("rum_edge_republished_total")).toBe(20);
    expect(counted.get("rum_edge_published_total")).toBe(10);
    expect(counted.get("rum_edge_spool_bytes")).toBe(0);
    expect(counted.get("rum_batches_accepted_total")).toBeUndefined();
  });

  test("keeps what was under way over a SIGTERM, and what it spooled over a SIGKILL, and starts while the log is away", async () => {
    await start();
    // One that hangs: nothing says that it is away.
    server().signal("SIGSTOP");
    const underWay = sendBatches(1);
    // It has the batch, and waits for the log.
    await expectSoon(() => gauge("rum_collect_bytes_total")).toBeGreaterThan(0);
    await edge.end();
    const ids = await underWay;
    await server().kill();
    // It starts without its log, because it has used it before.
    await edge.start();
    await expectSoon(spooled).toBe(1);
    ids.push(...(await sendBatches(3)));
    await edge.kill();
    await edge.start();
    ids.push(...(await sendBatches(1)));
    await server().start();
    await expectSoon(spooled).toBe(0);
    expect(await logged(ids)).toEqual(expect.arrayContaining(ids));
    expect(new Set(await logged(ids))).toEqual(new Set(ids));
  });

  test("refuses batches once its spool is full, and says so to a load balancer; it keeps what it acknowledged", async () => {
    await start({ MAX_SPOOL_BYTES: "1048576" });
    await server().kill();
    const ids: string[] = [];
    const details = { key: "x" };
    let status = 200;
    let retryAfter: string | null = null;
    for (let seq = 0; status === 200; seq += 1) {
      const id = randomBytes(16).toString("hex");
      const events = Array.from({ length: 150 }, () => ({
        type: "action",
        route: "/",
        name: "press",
        details,
      }));
      const batch = { v: 1, id, seq, session: "b".repeat(32), sentAt: Date.now(), events };
      const response = await post(JSON.stringify(batch));
      ({ status } = response);
      retryAfter = response.headers.get("retry-after");
      if (status === 200) ids.push(id);
    }
    expect([status, retryAfter]).toEqual([503, "2"]);
    expect((await edge.request("/readyz")).status).toBe(503);
    expect(await gauge('rum_edge_refused_total{reason="full"}')).toBe(1);
    expect(ids.length).toBeGreaterThan(50);
    await server().start();
    await expectSoon(spooled).toBe(0);
    await expectSoon(async () => (await edge.request("/readyz")).status).toBe(200);
    expect(await logged(ids)).toEqual(ids);
  });
});

test(
  `an edge that is killed ${KILLS} times under load, and its log every second time: each acknowledged batch and order is in the log, and no message twice`,
  { timeout: Math.max(240_000, (KILLS + 12) * 20_000) },
  async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const sent = new Map<string, string>();
    const acknowledged = new Set<string>();
    const seen = { orders: 0, replays: 0, repliesCut: 0, refused: 0 };
    const load = { isOver: false };
    let tries = 0;
    const sendOnce = (order: Order) => {
      tries += 1;
      const cut = tries % 10 === 0 ? { loseAfterMs: randomInt(6) } : {};
      return sendOrder({ path: order.path, body: order.body() }, { port: edge.port, agent, ...cut });
    };
    const sendUntilKept = async (order: Order): Promise<void> => {
      for (;;) {
        const reply = await sendOnce(order);
        if (reply === "new") return;
        if (reply === "cut") seen.repliesCut += 1;
        if (reply === "refused") seen.refused += 1;
        if (reply !== "cut") await wait(25);
      }
    };
    const writeOrders = async (writer: number): Promise<void> => {
      const session = randomBytes(16).toString("hex");
      for (let seq = 0; !load.isOver; seq += 1) {
        const order = writer % 4 === 0 ? createPurchaseOrder() : createBatchOrder(seq, session);
        const { id } = JSON.parse(order.body()) as { id: string };
        const key = order.path === "/buy" ? JSON.stringify(["conversion", "purchase", id]) : id;
        sent.set(key, order.body());
        await sendUntilKept(order);
        acknowledged.add(key);
        seen.orders += 1;
        if (randomInt(10) > 0) continue;
        await sendOnce(order);
        seen.replays += 1;
      }
    };
    const writers = Promise.all(Array.from({ length: 16 }, (_, writer) => writeOrders(writer)));
    const untilMore = async (orders: number): Promise<void> => {
      const enough = seen.orders + orders;
      while (seen.orders < enough) await wait(10);
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await untilMore(50);
      const takesLog = kill % 2 === 1;
      if (takesLog) {
        await server().kill();
        await untilMore(100);
      }
      await edge.kill();
      if (takesLog) await server().start();
      await edge.start();
    }
    await untilMore(50);
    load.isOver = true;
    await writers;
    agent.destroy();
    await expectSoon(spooled).toBe(0);
    const found = await readLog(nats.url);
    const keys = new Set(found.map(({ id }) => id));
    console.table({ kills: KILLS, ...seen, acknowledged: acknowledged.size, messages: found.length });
    expect([...acknowledged].filter((key) => !keys.has(key))).toEqual([]);
    expect([...keys].filter((key) => sent.has(key)).length).toBe(sent.size);
    // The log drops a message that is published twice within two minutes: kills are closer.
    expect(new Set(found.map(({ message }) => message)).size).toBe(found.length);
    const changed = found.filter(
      ({ kind, id, body }) => kind === "batch" && sent.has(id) && sent.get(id) !== body,
    );
    expect(changed).toEqual([]);
    expect(seen.repliesCut).toBeGreaterThan(KILLS);
    expect(seen.replays).toBeGreaterThan(KILLS);
  },
);

test("hostile requests get the same answers from an edge as from a collector that counts", async () => {
  await startLog();
  const spool = await mkdtemp(join(tmpdir(), "rumkit-edge-hostile-"));
  const target = await startTarget({ LOG_URL: nats.url, SPOOL: spool });
  stops.unshift(target.stop, () => rm(spool, { recursive: true }));
  const cases = Object.values(tables).flat();
  const before = await target.totals();
  const answers = await Promise.all(cases.map(({ bytes, leaves }) => target.exchange(bytes, leaves)));
  const faults = cases.flatMap(({ title, status, code, rejected = [] }, index) => {
    const answer = answers[index]!;
    // An edge answers 200: the log and the spool outlive it.
    const expected = status === 202 ? 200 : status;
    const refused = rejected.every((reason) => answer.body.includes(`"code":"${reason}"`));
    const isSame =
      answer.status === expected &&
      refused &&
      (code === undefined || answer.body.includes(`"code":"${code}"`));
    return isSame ? [] : [`${title}: ${answer.status} ${answer.body}`];
  });
  expect(faults).toEqual([]);
  expect(target.errors).toEqual([]);
  const expected: Record<string, number> = { rum_edge_published_total: 0 };
  for (const [series, value] of cases.flatMap(({ added }) => Object.entries(added))) {
    // An edge counts what it refuses, and publishes the rest.
    const counted = series === "rum_batches_accepted_total" ? "rum_edge_published_total" : series;
    if (/^rum_(batches_rejected|edge_published)/.test(counted))
      expected[counted] = (expected[counted] ?? 0) + value;
  }
  const counted = /^rum_(batches_(rejected|accepted)|page_views|edge_published)/;
  await expectSoon(async () => changes(before, await target.totals(), counted)).toEqual(expected);
});

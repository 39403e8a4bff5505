/** Senders that are hostile by how they send, not by what: too slowly, too much, too many at once. */
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batch, request, view } from "../support/hostile/hostileCase.ts";
import { type Answered, OWN_COUNTS, startTarget, type Target } from "../support/hostile/target.ts";
import { changes } from "../support/scrape.ts";

let target: Target;
let exchange: Target["exchange"];
let totals: Target["totals"];

beforeAll(async () => {
  target = await startTarget();
  ({ exchange, totals } = target);
});
afterAll(() => {
  expect(target.errors).toEqual([]);
  target.stop();
});

/** Requests of others, one after the other, until stopped. */
function sendHonestly(): {
  /** Resolves with the next answer, so that a test need not guess how many come in a time. */
  next: () => Promise<void>;
  /** Resolves with the statuses of all. */
  stop: () => Promise<(number | undefined)[]>;
} {
  const statuses: (number | undefined)[] = [];
  const over = new AbortController();
  const sender = (async () => {
    for (let sent = 0; !over.signal.aborted; sent += 1) {
      const headers = { "X-Forwarded-For": `192.0.2.${sent % 200}` };
      statuses.push((await exchange(request({ headers, body: batch([view]) }))).status);
      await wait(20);
    }
  })();
  return {
    next: async () => {
      const before = statuses.length;
      while (statuses.length === before) await wait(1);
    },
    stop: async () => {
      over.abort();
      await sender;
      return statuses;
    },
  };
}

const acceptedOnly = (batches: number): Record<string, number> => ({
  rum_batches_accepted_total: batches,
  rum_events_received_total: batches,
  rum_events_accepted_total: batches,
  rum_events_scaled_total: batches,
});

test("one that is too slow gets 408, and nothing of it is counted", async () => {
  const before = await totals();
  const padded = request({ body: batch().padEnd(60_000) });
  const [stalled, head, trickled] = await Promise.all([
    exchange(request({}).subarray(0, -10)),
    trickle(request({}), 1),
    trickle(padded, 1_000),
  ]);
  expect([stalled.status, head.status, trickled.status]).toEqual([408, 408, 408]);
  expect(stalled.body).toContain('"code":"timeout"');
  expect(changes(before, await totals(), OWN_COUNTS)).toEqual({
    'rum_batches_rejected_total{reason="timeout"}': 2,
  });
});

/** Sends so many bytes a second, until there is an answer. */
async function trickle(bytes: Buffer, bytesPerSecond: number): Promise<Answered> {
  const start = performance.now();
  const socket = target.open();
  const answered = once(socket, "data") as Promise<[Buffer]>;
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(sent, (sent += bytesPerSecond)));
  }, 1_000);
  const [chunk] = await answered;
  clearInterval(timer);
  socket.destroy();
  const [head = "", body = ""] = chunk.toString("latin1").split("\r\n\r\n", 2);
  return { status: Number(head.slice(9, 12)), head, body, milliseconds: performance.now() - start };
}

test("four thousand that stall in head or body get 408 each, while all others are answered", async () => {
  const before = await totals();
  const honest = sendHonestly();
  const crowd = await Promise.all(
    Array.from({ length: 4_000 }, async (_, sender) => {
      const whole = request({ headers: { "X-Forwarded-For": `2001:db8:${sender.toString(16)}::1` } });
      const socket = target.open();
      socket.write(whole.subarray(0, sender % 2 === 0 ? 40 : -10));
      const [chunk] = (await once(socket, "data")) as [Buffer];
      return Number(chunk.toString("latin1", 9, 12));
    }),
  );
  const statuses = await honest.stop();
  expect(crowd.filter((status) => status !== 408)).toEqual([]);
  // The crowd stalls for seconds by the collector's clock: some are answered meanwhile on any machine.
  expect(statuses.length).toBeGreaterThan(3);
  expect(statuses.filter((status) => status !== 202)).toEqual([]);
  // On a machine that is busy Node's own limit of a whole request, a second later, may be the first to be looked at.
  const {
    'rum_batches_rejected_total{reason="timeout"}': late = 0,
    'rum_batches_rejected_total{reason="aborted"}': cut = 0,
    ...rest
  } = changes(before, await totals(), OWN_COUNTS);
  expect([rest, late + cut]).toEqual([acceptedOnly(statuses.length), 2_000]);
});

describe("one that sends without end on one connection", () => {
  /** 32 whole requests of 2 KB. */
  const piece = (): Buffer =>
    Buffer.concat(
      Array.from({ length: 32 }, () =>
        request({
          headers: { Connection: "keep-alive", "X-Forwarded-For": "203.0.113.7" },
          body: batch().padEnd(2_000),
        }),
      ),
    );
  const TWO_HUNDRED_MEGABYTES = 200_000_000;

  test.each([
    ["is cut off after ten thousand requests where it reads the answers", true],
    ["is cut off where it reads none of them", false],
  ])("%s, and no other client notices", async (_what, reads) => {
    const memory = await target.readMemory();
    const honest = sendHonestly();
    const socket = target.open();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    let answers = 0;
    if (reads) {
      socket.on("data", (chunk: Buffer) => {
        answers += chunk.toString("latin1").split("HTTP/1.1 ").length - 1;
      });
    }
    let sent = 0;
    for (let pieces = 1; sent < TWO_HUNDRED_MEGABYTES && !socket.destroyed; pieces += 1) {
      const bytes = piece();
      sent += bytes.length;
      await new Promise((resolve) => socket.write(bytes, resolve));
      // Another client is answered in between, however quick this machine is.
      if (pieces % 50 === 0) await honest.next();
    }
    await closed;
    const statuses = await honest.stop();
    expect(sent).toBeLessThan(TWO_HUNDRED_MEGABYTES / 2);
    if (reads) expect(answers).toBeLessThan(10_100);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 202)).toEqual([]);
    // What was read and not answered yet is let go with the connection.
    await expect
      .poll(async () => (await target.readMemory()).used - memory.used, { interval: 200 })
      .toBeLessThan(16 * 1024 * 1024);
  });
});

test("sixty viewers of one address: fifty are served, ten get a Retry-After, and other streams go on", async () => {
  const look = request({
    method: "GET",
    target: "/realtime/metrics",
    headers: { Connection: "keep-alive" },
    body: "",
  });
  const viewers = Array.from({ length: 60 }, () => target.open());
  const heads = await Promise.all(
    viewers.map(async (viewer) => {
      viewer.write(look);
      const [chunk] = (await once(viewer, "data")) as [Buffer];
      return chunk.toString("latin1");
    }),
  );
  const refused = heads.filter((head) => head.startsWith("HTTP/1.1 503"));
  expect(heads.filter((head) => head.startsWith("HTTP/1.1 200"))).toHaveLength(50);
  expect(refused).toHaveLength(10);
  expect(refused[0]).toMatch(/retry-after: \d+\r\n/i);
  expect(refused[0]).toContain('"code":"too_many_viewers"');
  expect((await totals()).get("rum_live_clients")).toBe(50);
  expect((await exchange(request({}))).status).toBe(202);
  for (const viewer of viewers) viewer.destroy();
  await expect.poll(async () => (await totals()).get("rum_live_clients")).toBe(0);
});

test("one that sends too much gets 429 and a time to come back; others do not notice", async () => {
  const from = (address: string) => exchange(request({ headers: { "X-Forwarded-For": address } }));
  const flood: Answered[] = [];
  for (let round = 0; round < 12; round += 1) {
    flood.push(...(await Promise.all(Array.from({ length: 50 }, () => from("203.0.113.1")))));
  }
  const refused = flood.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(50);
  expect(refused[0]?.head).toMatch(/retry-after: \d+\r\n/i);
  expect(refused[0]?.body).toContain('"code":"rate_limited"');
  expect((await from("203.0.113.2")).status).toBe(202);
});

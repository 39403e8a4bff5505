/**
 * Hostile requests over a raw socket to the built collector in a separate process: each gets its status and
 * code, changes exactly the counters that it should, and harms no other client. `npm run faults -- fuzz 1000000`
 * sends more mutations.
 */
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchLike } from "../support/hostile/arbitraries.ts";
import { tables } from "../support/hostile/cases.ts";
import { batch, type HostileCase, nextId, request, view } from "../support/hostile/hostileCase.ts";
import { OWN_COUNTS, startTarget, type Target } from "../support/hostile/target.ts";
import { changes } from "../support/scrape.ts";

const FUZZ_INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 10_000);

let target: Target;
let exchange: Target["exchange"];
let totals: Target["totals"];

beforeAll(async () => {
  target = await startTarget();
  ({ exchange, totals } = target);
});
afterAll(() => target.stop());

async function run({ bytes, status, code, rejected, added, leaves }: HostileCase): Promise<void> {
  const before = await totals();
  const answered = await exchange(bytes, leaves);
  expect(answered.status).toBe(status);
  if (code !== undefined && status !== undefined) expect(answered.body).toContain(`"code":"${code}"`);
  if (rejected !== undefined && rejected.length > 0) {
    const answer = JSON.parse(answered.body) as { rejected: { code: string }[] };
    expect(answer.rejected.map((event) => event.code)).toEqual(rejected);
  }
  if (code === "origin_denied") expect(answered.head).not.toMatch(/access-control-allow-origin/i);
  await expect.poll(async () => changes(before, await totals(), OWN_COUNTS)).toEqual(added);
  expect(target.errors).toEqual([]);
}

describe.each(Object.entries(tables))("%s", (_class, cases) => {
  test.each(cases.map((hostile) => [hostile.title, hostile] as const))("%s", (_title, hostile) =>
    run(hostile),
  );
});

describe("the same batch", () => {
  test("64 times at once counts once", async () => {
    const bytes = request({ body: batch([view]) });
    const before = await totals();
    const answers = await Promise.all(Array.from({ length: 64 }, () => exchange(bytes)));
    expect(answers.filter(({ body }) => body.includes('"duplicate":true'))).toHaveLength(63);
    expect(changes(before, await totals(), OWN_COUNTS)).toEqual({
      rum_batches_accepted_total: 1,
      rum_batches_duplicate_total: 63,
      rum_events_received_total: 64,
      rum_events_duplicate_total: 63,
      rum_events_accepted_total: 1,
      rum_events_scaled_total: 1,
    });
  });

  test("twice in a row counts once, and says so", async () => {
    const bytes = request({ body: batch([view]) });
    await exchange(bytes);
    const before = await totals();
    const again = await exchange(bytes);
    expect([again.status, JSON.parse(again.body)]).toEqual([202, { accepted: 1, duplicate: true }]);
    expect(changes(before, await totals(), OWN_COUNTS)).toEqual({
      rum_batches_duplicate_total: 1,
      rum_events_received_total: 1,
      rum_events_duplicate_total: 1,
    });
  });

  test("with the key of another app counts nothing, and its id is still free for its own", async () => {
    const body = batch([view]);
    const before = await totals();
    expect((await exchange(request({ target: "/collect?key=pk_other_0123456789", body }))).status).toBe(401);
    expect((await exchange(request({ body }))).body).toBe('{"accepted":1}');
    expect(changes(before, await totals(), /^rum_(page_views|batches)/)).toMatchObject({
      rum_batches_accepted_total: 1,
      'rum_batches_rejected_total{reason="bad_key"}': 1,
    });
  });

  test("with another body is a conflict", async () => {
    const id = nextId();
    await exchange(request({ body: batch([view], { id }) }));
    expect((await exchange(request({ body: batch([view, view], { id }) }))).status).toBe(409);
  });
});

test("all hostile cases again, mixed into honest load: every honest event is counted", async () => {
  const cases = Object.values(tables).flat();
  const before = await totals();
  let honest = 0;
  const load = Array.from({ length: 4 }, async (_, user) => {
    for (let index = 0; index < 50; index += 1) {
      const headers = { "X-Forwarded-For": `192.0.2.${user}` };
      const body = batch([{ type: "action", name: "add", details: { category: "games" } }]);
      if ((await exchange(request({ headers, body }))).status === 202) honest += 1;
    }
  });
  await Promise.all([...load, ...cases.map(({ bytes, leaves }) => exchange(bytes, leaves))]);
  expect(honest).toBe(200);
  const games = 'rum_actions_total{action="add",category="games"}';
  expect(changes(before, await totals(), /category="games"/)).toEqual({ [games]: 200 });
});

/** Sends bodies on kept connections, one at a time on each; returns the statuses that came. */
async function pour(bodies: Iterator<Buffer>): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const drink = async (): Promise<void> => {
    const socket = target.open();
    for (let next = bodies.next(); !next.done; next = bodies.next()) {
      sent += 1;
      // Another address for each few requests: the rate limit is not what is tested.
      const address = `2001:db8:${(sent >> 6).toString(16)}::1`;
      socket.write(
        request({ headers: { Connection: "keep-alive", "X-Forwarded-For": address }, body: next.value }),
      );
      const [chunk] = (await once(socket, "data")) as [Buffer];
      const status = Number(chunk.toString("latin1", 9, 12));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: 8 }, drink));
  return statuses;
}
let sent = 0;

/** The same numbers on every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bodies that are nearly right, every other one with bytes changed, taken out or doubled. */
function* fuzz(inputs: number): Generator<Buffer> {
  const random = createRandom(7);
  const at = (length: number): number => Math.floor(random() * length);
  const seeds = fc
    .sample(batchLike, { numRuns: 1_000, seed: 7 })
    .map((value) => JSON.stringify(value) ?? "null");
  for (let input = 0; input < inputs; input += 1) {
    const text = seeds[input % seeds.length]!.replace(/"id":"[0-9a-f]{32}"/, `"id":"${nextId()}"`);
    let body = Buffer.from(text).subarray(0, 60_000);
    for (let change = input % 2 === 0 ? 0 : 1 + at(4); change > 0 && body.length > 1; change -= 1) {
      const place = at(body.length);
      if (random() < 0.6) body[place] = at(256);
      else if (random() < 0.5)
        body = Buffer.concat([body.subarray(0, place), body.subarray(place + 1 + at(20))]);
      else
        body = Buffer.concat([
          body.subarray(0, place),
          body.subarray(at(place + 1), place),
          body.subarray(place),
        ]);
    }
    yield body.length === 0 ? Buffer.from(" ") : body.subarray(0, 65_536);
  }
}

test(
  `${FUZZ_INPUTS} inputs that are nearly right: no 5xx, nothing printed, memory flat, every event has an outcome`,
  { timeout: 3_600_000 },
  async () => {
    await pour(fuzz(Math.min(FUZZ_INPUTS, 5_000)));
    const before = await target.readMemory();
    const statuses = await pour(fuzz(FUZZ_INPUTS));
    const memory = await target.readMemory();
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(FUZZ_INPUTS);
    // Both sides of the verdict were looked at.
    expect(statuses.get(202)).toBeGreaterThan(FUZZ_INPUTS / 500);
    expect(statuses.get(400)).toBeGreaterThan(FUZZ_INPUTS / 50);
    // The engine frees buffers on another thread, some time after a collection.
    await expect
      .poll(async () => (await target.readMemory()).used - before.used)
      .toBeLessThan(48 * 1024 * 1024);
    expect(memory.rss).toBeLessThan(256 * 1024 * 1024);
    expect(target.errors).toEqual([]);
    const after = await totals();
    let outcomes = 0;
    for (const [series, value] of after) {
      if (/^rum_events_(accepted|duplicate|rejected|bot|overload)_total/.test(series)) outcomes += value;
    }
    expect(after.get("rum_events_received_total")).toBe(outcomes);
  },
);

import { expect, test } from "vitest";
import { BrokerError, type KeptRecord, type Records } from "../brokers/broker.ts";
import { createFencedRecords } from "./fencedRecords.ts";
import { createLease, type Lease } from "./leases.ts";

/** Records of this process. The conformance suite shows that those of every engine compare and set alike. */
function localRecords(): Records & { isAway: boolean; loseAnswer: boolean } {
  const kept = new Map<string, KeptRecord>();
  let revision = 0;
  const records = {
    isAway: false,
    loseAnswer: false,
    read: async (key: string) => {
      if (records.isAway) throw new BrokerError("gone", "away");
      return kept.get(key);
    },
    list: async (prefix: string) => [...kept.values()].filter(({ key }) => key.startsWith(prefix)),
    write: async (key: string, text: string | undefined, replaced: number) => {
      if (records.isAway) throw new BrokerError("gone", "away");
      if ((kept.get(key)?.revision ?? 0) !== replaced) return undefined;
      revision += 1;
      if (text === undefined) kept.delete(key);
      else kept.set(key, { key, text, revision });
      if (records.loseAnswer) throw new BrokerError("gone", "no answer");
      return revision;
    },
  };
  return records;
}

interface Clock {
  ms: number;
}

function leaseOf(records: Records, owner: string, clock: Clock): Lease {
  return createLease({ records, key: "lease.live", owner, ttlMs: 5_000, now: () => clock.ms });
}

test("one of several holds it, and another takes it with a higher token once the holder is silent", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const [a, b] = [leaseOf(records, "a", clock), leaseOf(records, "b", clock)];
  expect([await a.step(), await b.step()]).toEqual([1, undefined]);
  for (clock.ms = 1_000; clock.ms <= 20_000; clock.ms += 1_000)
    expect([await a.step(), await b.step()]).toEqual([1, undefined]);
  expect(b.holder).toBe("a");
  const died = clock.ms;
  while ((await b.step()) === undefined) clock.ms += 1_000;
  expect(b.token).toBe(2);
  expect(clock.ms - died).toBeLessThanOrEqual(6_000);
});

test("a paused holder has no token when it wakes, even before its next step, and does not get the lease back", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const [a, b] = [leaseOf(records, "a", clock), leaseOf(records, "b", clock)];
  await a.step();
  await b.step();
  clock.ms += 5_000;
  expect(a.token).toBeUndefined();
  await b.step();
  expect([a.token, b.token]).toEqual([undefined, 2]);
  expect(await a.step()).toBeUndefined();
  expect(b.token).toBe(2);
});

test("two processes never hold it at the same time, whenever they step and pause", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const leases = ["a", "b", "c"].map((owner) => leaseOf(records, owner, clock));
  const tokens: number[] = [];
  for (let step = 0; step < 3_000; step += 1) {
    // The same steps each time: a generator of pairs that pause for 0 to 7 s.
    const dice = (step * 7_919 + 13) % 997;
    clock.ms += dice % 11 === 0 ? 7_000 : dice % 400;
    const token = await leases[dice % 3]!.step();
    if (token !== undefined) tokens.push(token);
    expect(leases.filter((lease) => lease.token !== undefined).length).toBeLessThanOrEqual(1);
  }
  expect(tokens).toEqual(tokens.toSorted((x, y) => x - y));
  expect(tokens.at(-1)).toBeGreaterThan(10);
});

test("the clocks of two machines may differ by any time", async () => {
  const records = localRecords();
  const [a, b] = [leaseOf(records, "a", { ms: 1e12 }), leaseOf(records, "b", { ms: -50_000 })];
  expect([await a.step(), await b.step()]).toEqual([1, undefined]);
});

test("a process of the same name elsewhere is another one", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const [one, two] = [leaseOf(records, "a", clock), leaseOf(records, "a", clock)];
  expect([await one.step(), await two.step()]).toEqual([1, undefined]);
});

test("a release lets the next one take it at once, with a higher token", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const [a, b] = [leaseOf(records, "a", clock), leaseOf(records, "b", clock)];
  await a.step();
  await a.release();
  expect(a.token).toBeUndefined();
  expect(await b.step()).toBe(2);
  expect(await a.step()).toBeUndefined();
});

test("while the log is away the holder keeps it for its time, and not longer", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const faults: unknown[] = [];
  const options = { records, key: "k", owner: "a", ttlMs: 5_000, now: () => clock.ms };
  const lease = createLease({ ...options, onFault: (error) => faults.push(error) });
  await lease.step();
  records.isAway = true;
  clock.ms = 4_000;
  expect(await lease.step()).toBe(1);
  clock.ms = 4_500;
  expect(await lease.step()).toBeUndefined();
  expect(faults).toHaveLength(2);
  records.isAway = false;
  expect(await lease.step()).toBe(1);
});

test("a renewal whose answer was lost does not lose the lease", async () => {
  const records = localRecords();
  const clock = { ms: 0 };
  const lease = leaseOf(records, "a", clock);
  await lease.step();
  records.loseAnswer = true;
  clock.ms = 1_000;
  await lease.step();
  records.loseAnswer = false;
  expect(await lease.step()).toBe(1);
});

test("what a holder of before writes is refused by its token, although its clock stood still", async () => {
  const records = localRecords();
  const [slow, clock] = [{ ms: 0 }, { ms: 0 }];
  const [a, b] = [leaseOf(records, "a", slow), leaseOf(records, "b", clock)];
  const [byA, byB] = [
    createFencedRecords(records, () => a.token),
    createFencedRecords(records, () => b.token),
  ];
  await a.step();
  expect(await byA.write("alerts.state", "from a")).toBe(true);
  await b.step();
  clock.ms += 5_000;
  await b.step();
  expect([a.token, b.token]).toEqual([1, 2]);
  expect((await byB.claim("alerts."))?.map(({ text }) => text)).toEqual(["from a"]);
  expect(await byA.write("alerts.state", "late")).toBe(false);
  expect(await byA.claim("alerts.")).toBeUndefined();
  expect(await byB.write("alerts.state", "from b")).toBe(true);
  expect(await byB.write("alerts.state", undefined)).toBe(true);
  expect(await byB.claim("alerts.")).toEqual([]);
});

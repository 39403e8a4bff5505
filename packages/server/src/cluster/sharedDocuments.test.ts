import { expect, test } from "vitest";
import { createMemoryRecords } from "../../../../test/support/cluster/memoryLog.ts";
import type { Records } from "../brokers/broker.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import { openSharedDocuments } from "./sharedDocuments.ts";

interface Leader {
  token: number | undefined;
  isFenced: boolean;
}

async function open(records: Records, leader: Leader): Promise<KeptDocuments> {
  const documents = await openSharedDocuments({
    records,
    token: () => leader.token,
    onFenced: () => {
      leader.isFenced = true;
    },
    onFailure: () => {},
  });
  return documents!;
}

const leaderOf = (token: number): Leader => ({ token, isFenced: false });
const change = (key: string, text: string | undefined) => ({ section: "alerts", key, text });
const found = (documents: KeptDocuments): Record<string, string> =>
  Object.fromEntries(documents.read("alerts"));

test("the next leader finds all documents as the last one left them", async () => {
  const records = createMemoryRecords();
  const first = await open(records, leaderOf(1));
  await first.write([change("a", "1"), change("b", "1")]);
  await Promise.all([first.write([change("a", "2")]), first.write([change("b", undefined)])]);
  expect(found(await open(records, leaderOf(2)))).toEqual({ a: "2" });
});

test("a leader of before that was paused writes nothing, and knows that it does not lead", async () => {
  const records = createMemoryRecords();
  const paused = leaderOf(1);
  const first = await open(records, paused);
  await first.write([change("a", "1")]);
  const second = await open(records, leaderOf(2));
  await expect(first.write([change("a", "of the first")])).rejects.toThrow("Another live role leads");
  expect(paused.isFenced).toBe(true);
  await second.write([change("b", "1")]);
  expect(found(await open(records, leaderOf(3)))).toEqual({ a: "1", b: "1" });
});

test("a write that comes in any moment of another one is kept", async () => {
  for (let moment = 0; moment < 40; moment += 1) {
    const documents = await open(createMemoryRecords(), leaderOf(1));
    let kept = 0;
    const write = (key: string) => documents.write([change(key, "1")]).then(() => (kept += 1));
    void write("a");
    for (let turn = 0; turn < moment; turn += 1) await Promise.resolve();
    void write("b");
    // The records answer within this turn of the event loop.
    await new Promise(setImmediate);
    expect(kept, `moment ${moment}`).toBe(2);
  }
});

test("a write that is without a lease is refused", async () => {
  const leader = leaderOf(1);
  const documents = await open(createMemoryRecords(), leader);
  leader.token = undefined;
  await expect(documents.write([change("a", "1")])).rejects.toThrow("Another live role leads");
});

test("a write whose answer was lost counts once, and the next one follows it", async () => {
  const records = createMemoryRecords();
  let losesAnswer = false;
  const faulty: Records = {
    ...records,
    write: async (...args) => {
      const revision = await records.write(...args);
      if (!losesAnswer) return revision;
      losesAnswer = false;
      throw new Error("The answer is lost.");
    },
  };
  const documents = await open(faulty, leaderOf(1));
  losesAnswer = true;
  await documents.write([change("a", "1")]);
  await documents.write([change("b", "1")]);
  expect(found(await open(records, leaderOf(2)))).toEqual({ a: "1", b: "1" });
});

test("changes of one write that need several records are found together, or not at all", async () => {
  const records = createMemoryRecords();
  const documents = await open(records, leaderOf(1));
  const large = Array.from({ length: 5 }, (_, index) => change(`large ${index}`, "x".repeat(90_000)));
  await documents.write(large);
  expect(Object.keys(found(await open(records, leaderOf(2)))).length).toBe(5);
  const cut = createMemoryRecords();
  let writes = 0;
  const killed = await open(
    {
      ...cut,
      // The process is killed after the second record of three.
      write: (...args) => ((writes += 1) > 3 ? new Promise(() => {}) : cut.write(...args)),
    },
    leaderOf(1),
  );
  void killed.write(large);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(found(await open(cut, leaderOf(2)))).toEqual({});
});

test("a take-over after thousands of writes reads a bounded number of records", async () => {
  const records = createMemoryRecords();
  const documents = await open(records, leaderOf(1));
  for (let write = 0; write < 2_000; write += 1)
    await documents.write([change(`key ${write % 50}`, String(write))]);
  expect((await records.list("alerts.")).length).toBeLessThan(350);
  const next = found(await open(records, leaderOf(2)));
  expect(Object.keys(next).length).toBe(50);
  expect(next["key 49"]).toBe("1999");
});

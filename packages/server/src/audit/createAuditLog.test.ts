import type { AuditEntry } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createKeptTexts } from "../../../../test/support/alerts/keptTexts.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import { createAuditLog, MAX_AGE_MS, MAX_ENTRIES } from "./createAuditLog.ts";

const START = 1_800_000_000_000;

/** Documents whose writes fail while a test says so. */
function createKept() {
  const kept = createKeptTexts();
  let fails = false;
  const documents: KeptDocuments = {
    ...kept,
    write: async (changes) => (fails ? Promise.reject(new Error("disk full")) : kept.write(changes)),
  };
  return { documents, texts: kept.texts, setFailing: (now: boolean) => void (fails = now) };
}

function open(documents: KeptDocuments, now = () => START) {
  const failures: unknown[] = [];
  return { log: createAuditLog({ documents, now, onFailed: (error) => failures.push(error) }), failures };
}

const fired = (about: string, at = START): Omit<AuditEntry, "id"> => ({
  at,
  who: "collector",
  what: "alert_fired",
  about,
});

test("ids ascend over a restart, and entries are there again", async () => {
  const { documents } = createKept();
  const first = open(documents).log;
  for (const about of ["a", "b", "c"]) first.add(fired(about));
  await first.flush();
  const second = open(documents).log;
  second.add(fired("d"));
  const entries = second.read({ limit: 10 });
  expect(entries.map(({ id, about }) => [id, about])).toEqual([
    [1, "a"],
    [2, "b"],
    [3, "c"],
    [4, "d"],
  ]);
});

test("entries that cannot be read are missing, and no other one is skipped or gets their ids", async () => {
  const { documents, texts } = createKept();
  const { log } = open(documents);
  for (const about of ["a", "b", "c", "d", "e", "f"]) log.add(fired(about));
  await log.flush();
  const kept = [...texts.keys()].toSorted((a, b) => (a < b ? -1 : 1)).map((name) => name.split(" "));
  const damage = [1, 2, 5].map((index) => ({ section: kept[index]![0]!, key: kept[index]![1]!, text: "{" }));
  await documents.write(damage);
  const again = open(documents).log;
  again.add(fired("g"));
  const after = (id: number) => again.read({ after: id, limit: 10 }).map((entry) => entry.id);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map(after)).toEqual([
    [1, 4, 5, 7],
    [4, 5, 7],
    [4, 5, 7],
    [4, 5, 7],
    [5, 7],
    [7],
    [7],
    [],
  ]);
});

test("the log keeps its newest entries, and the journal no more than the log", async () => {
  const { documents, texts } = createKept();
  const { log } = open(documents);
  for (let index = 0; index < MAX_ENTRIES + 5; index += 1) log.add(fired(`episode ${index}`));
  await log.flush();
  expect(log.read({ after: 0, limit: 1 })[0]!.id).toBe(6);
  expect(log.read({ limit: 1 })[0]!.id).toBe(MAX_ENTRIES + 5);
  expect(texts.size).toBe(MAX_ENTRIES);
});

test("old entries go, and ids still ascend when every other entry has gone", async () => {
  const { documents } = createKept();
  let now = START;
  const { log } = open(documents, () => now);
  log.add(fired("a"));
  log.add(fired("b"));
  now += MAX_AGE_MS + 1;
  log.add(fired("c", now));
  await log.flush();
  expect(log.read({ limit: 10 }).map(({ id }) => id)).toEqual([3]);
  now += MAX_AGE_MS * 2;
  const restarted = open(documents, () => now).log;
  restarted.add(fired("d", now));
  expect(restarted.read({ limit: 10 }).map(({ id }) => id)).toEqual([4]);
});

test("long reasons and facts do not fill the memory", () => {
  const { log } = open(createKept().documents);
  const facts = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, "x".repeat(200)]));
  for (let index = 0; index < 2_500; index += 1) log.add({ ...fired("a"), why: "y".repeat(10_000), facts });
  const entries = log.read({ limit: 10_000 });
  const size = JSON.stringify(entries).length;
  expect(size).toBeLessThan(10 * 1024 * 1024);
  const [entry] = entries;
  expect(entry!.why).toHaveLength(500);
  expect(JSON.stringify(entry!.facts).length).toBeLessThanOrEqual(4_000);
  expect(entry!.facts!["cut"]).toBeGreaterThan(0);
});

test("entries that the journal refused are written with the next one", async () => {
  const kept = createKept();
  const { log, failures } = open(kept.documents);
  kept.setFailing(true);
  log.add(fired("a"));
  await log.flush();
  expect(failures).toHaveLength(1);
  expect(log.read({ limit: 10 })).toHaveLength(1);
  kept.setFailing(false);
  log.add(fired("b"));
  await log.flush();
  const restarted = open(kept.documents).log;
  expect(restarted.read({ limit: 10 }).map(({ about }) => about)).toEqual(["a", "b"]);
});

test("entries are selected by time, kind and subject", () => {
  const { log } = open(createKept().documents);
  log.add(fired("a", START));
  log.add({ at: START + 1, who: "ada", what: "silence_created", about: "s1", why: "deploy" });
  log.add(fired("b", START + 2));
  log.add(fired("a", START + 3));
  const ids = (selection: object) => log.read({ limit: 10, ...selection }).map(({ id }) => id);
  expect(ids({ what: ["alert_fired"] })).toEqual([1, 3, 4]);
  expect(ids({ about: "a" })).toEqual([1, 4]);
  expect(ids({ from: START + 1, to: START + 2 })).toEqual([2, 3]);
  expect(ids({ after: 2 })).toEqual([3, 4]);
  expect(ids({ limit: 2 })).toEqual([3, 4]);
  expect(ids({ after: 0, limit: 2 })).toEqual([1, 2]);
  expect(ids({ after: 99 })).toEqual([]);
});

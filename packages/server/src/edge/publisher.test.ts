import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BrokerError, type OutgoingMessage, type Topic } from "../brokers/broker.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { openSpool, type Spool } from "./spool.ts";
import { DISK } from "./spoolFiles.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

/** A log in this process: engines are in `test/e2e/edge.test.ts`. */
interface Log {
  /** Ids in the order in which they were kept. */
  readonly kept: string[];
  /** Its answer to the next messages. */
  mode: "keeps" | "gone" | "silent" | "keeps and loses the answer";
  tries: number;
  mostUnderWay: number;
  /** Ids that it never takes. */
  readonly tooLarge: Set<string>;
}

let folder: string;
let log: Log;
let spool: Spool;
let publisher: Publisher;
let seen: string[];

const gone = (): BrokerError => new BrokerError("gone", "The log cannot be reached.");

function start({ maxBytes = 1 << 30, timeoutMs = 60_000, files = DISK } = {}): void {
  // With a short time limit the log answers at once: no busy machine makes a kept message late.
  const answerMs = timeoutMs < 60_000 ? 0 : 2;
  let underWay = 0;
  const publish = async (_topic: Topic, { id }: OutgoingMessage): Promise<void> => {
    log.tries += 1;
    underWay += 1;
    log.mostUnderWay = Math.max(log.mostUnderWay, underWay);
    try {
      if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs));
      if (log.tooLarge.has(id)) throw new BrokerError("too_large", "The message is too large.");
      if (log.mode === "gone") throw gone();
      if (log.mode !== "silent") log.kept.push(id);
      if (log.mode === "keeps and loses the answer") throw gone();
      if (log.mode === "silent") await new Promise(() => {});
    } finally {
      underWay -= 1;
    }
  };
  spool = openSpool({ folder, maxBytes, files, onSkipped: () => {} });
  publisher = createPublisher({
    broker: { publish, partitions: 12 },
    spool,
    timeoutMs,
    backoffMs: [5, 20],
    onPublished: (by) => void seen.push(by),
    onSpooled: () => void seen.push("spooled"),
    onFailure: (failure) => void seen.push(failure),
    onRefused: (reason) => void seen.push(`refused: ${reason}`),
  });
}

async function stop(): Promise<void> {
  await publisher.close();
  await spool.close();
}

const message = (id: string): SpooledMessage => ({ topic: "batches.0", id, at: 1, body: Buffer.from(id) });
const publishAll = (ids: readonly string[]) => Promise.all(ids.map((id) => publisher.publish(message(id))));
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));
const untilDrained = (): Promise<void> =>
  vi.waitFor(() => expect(publisher.isSpooling).toBe(false), { timeout: 100_000 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-publisher-"));
  log = { kept: [], mode: "keeps", tries: 0, mostUnderWay: 0, tooLarge: new Set() };
  seen = [];
  start();
});
afterEach(async () => {
  log.mode = "keeps";
  await stop();
  rmSync(folder, { recursive: true });
});

describe("while the log takes messages", () => {
  test("they are acknowledged by it, many under way, and none is spooled", async () => {
    await publishAll(numbers(0, 500));
    expect(log.kept).toEqual(numbers(0, 500));
    expect(log.mostUnderWay).toBe(500);
    expect(new Set(seen)).toEqual(new Set(["request"]));
  });

  test("more than may be under way go through the spool", async () => {
    await publishAll(numbers(0, 3_000));
    await untilDrained();
    expect(log.kept.toSorted()).toEqual(numbers(0, 3_000).toSorted());
    expect(log.mostUnderWay).toBeLessThanOrEqual(1_024);
    expect(seen).toContain("slow");
  });

  test("a message that it never takes is refused, and is not spooled", async () => {
    log.tooLarge.add("x");
    await expect(publisher.publish(message("x"))).rejects.toMatchObject({ code: "too_large" });
    expect(spool.isEmpty).toBe(true);
    expect(seen).toEqual(["refused: too_large"]);
  });
});

describe("while the log is away", () => {
  test.each(["gone", "silent"] as const)(
    "messages are kept, and published in their order once it is back: %s",
    async (mode) => {
      await stop();
      start({ timeoutMs: mode === "silent" ? 50 : 60_000 });
      log.mode = mode;
      for (let id = 0; id < 20; id += 1) await publisher.publish(message(String(id)));
      expect(log.kept).toEqual([]);
      expect(publisher.isSpooling).toBe(true);
      log.mode = "keeps";
      await untilDrained();
      expect(log.kept).toEqual(numbers(0, 20));
      await publisher.publish(message("next"));
      expect(log.kept.at(-1)).toBe("next");
      expect(seen.filter((one) => one === "spooled")).toHaveLength(20);
      expect(seen.at(-1)).toBe("request");
    },
  );

  test("a lost answer has the same id published again, and no other", async () => {
    log.mode = "keeps and loses the answer";
    await publisher.publish(message("a"));
    log.mode = "keeps";
    await untilDrained();
    await publisher.publish(message("b"));
    expect([...new Set(log.kept)]).toEqual(["a", "b"]);
  });

  test("one message is tried, not all of them", async () => {
    log.mode = "gone";
    await publisher.publish(message("0"));
    await publishAll(numbers(1, 200));
    const { tries } = log;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(log.tries - tries).toBeLessThan(30);
    log.mode = "keeps";
    await untilDrained();
    expect(log.kept).toEqual(numbers(0, 200));
  });

  test("load does not keep the spool from becoming empty, and the order stays", async () => {
    log.mode = "gone";
    let id = 0;
    const load = { isOver: false };
    const session = async (): Promise<void> => {
      while (!load.isOver) await publisher.publish(message(String(id++)));
    };
    const sessions = Promise.all(Array.from({ length: 20 }, session));
    await vi.waitFor(() => expect(id).toBeGreaterThan(200), { timeout: 100_000 });
    log.mode = "keeps";
    await vi.waitFor(() => expect(seen.at(-1)).toBe("request"), { interval: 1, timeout: 100_000 });
    load.isOver = true;
    await sessions;
    await untilDrained();
    expect(log.kept.toSorted()).toEqual(numbers(0, id).toSorted());
  });

  test("a full spool refuses messages, and those that it acknowledged are published", async () => {
    await stop();
    start({ maxBytes: 1_000 });
    log.mode = "gone";
    const outcomes = await Promise.allSettled(numbers(0, 100).map((id) => publisher.publish(message(id))));
    const kept = numbers(0, 100).filter((_, index) => outcomes[index]!.status === "fulfilled");
    expect(kept.length).toBeLessThan(50);
    expect(seen).toContain("refused: full");
    log.mode = "keeps";
    await untilDrained();
    expect(log.kept).toEqual(kept);
  });

  test("and the disk is full, messages are refused, and published again as soon as it is back", async () => {
    await stop();
    const create: typeof DISK.create = async (path, inside) => ({
      ...(await DISK.create(path, inside)),
      write: () => Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })),
    });
    start({ files: { ...DISK, create } });
    log.mode = "gone";
    for (const id of ["a", "b", "c"])
      await expect(publisher.publish(message(id))).rejects.toMatchObject({ code: "disk_full" });
    log.mode = "keeps";
    await publisher.publish(message("d"));
    expect(log.kept).toEqual(["d"]);
  });

  test("a message that it never takes blocks no other one", async () => {
    log.mode = "gone";
    for (const id of ["a", "b", "c"]) await publisher.publish(message(id));
    log.tooLarge.add("b");
    log.mode = "keeps";
    await untilDrained();
    expect([...new Set(log.kept)]).toEqual(["a", "c"]);
    expect(seen).toContain("refused: too_large");
  });

  test("a spool is emptied before the end, if the log takes its messages", async () => {
    log.mode = "gone";
    await publishAll(numbers(0, 3_000));
    log.mode = "keeps";
    await vi.waitFor(() => expect(spool.state.messages).toBeLessThan(3_000), {
      interval: 1,
      timeout: 100_000,
    });
    await stop();
    expect(new Set(log.kept)).toEqual(new Set(numbers(0, 3_000)));
    start();
    expect(spool.isEmpty).toBe(true);
  });

  test("what is under way at the end is kept, and published by the next process", async () => {
    await stop();
    start({ timeoutMs: 50 });
    log.mode = "silent";
    const published = publishAll(["a", "b"]);
    await stop();
    await published;
    expect(log.kept).toEqual([]);
    log.mode = "keeps";
    start();
    await untilDrained();
    expect(log.kept).toEqual(["a", "b"]);
  });
});

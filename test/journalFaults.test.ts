import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Journal, type JournalError, openSqliteJournal } from "@rumkit/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countSaved, createEntry } from "./support/journal/entries.ts";
import { mountSmallDisk, type SmallDisk } from "./support/journal/smallDisk.ts";
import { readSyncOrder } from "./support/journal/syncOrder.ts";

const STRACE = process.env["STRACE_PATH"] ?? "strace";
const canTrace = spawnSync(STRACE, ["-V"]).status === 0 && spawnSync(STRACE, ["true"]).status === 0;
const canMount = process.getuid?.() === 0 && tryMount();

const noStrace = canTrace ? "" : " (left out: strace is missing or not allowed)";
const noMount = canMount ? "" : " (left out: mounting a file system takes root)";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-faults-"));
  path = join(folder, "metrics.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tryMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "rumkit-mount-"));
  const disk = mountSmallDisk(probe, 1);
  disk?.unmount();
  rmSync(probe, { recursive: true });
  return disk !== undefined;
}

/** Runs the loop in a separate process, behind whatever `before` names, and returns what it said. */
function runLoop(before: readonly string[], count: number, env: Record<string, string> = {}): string[] {
  const script = join(import.meta.dirname, "support/journal/appendLoop.ts");
  const [program, ...args] = [
    ...before,
    process.execPath,
    "--conditions=@rumkit/source",
    script,
    path,
    String(count),
  ];
  const { stdout } = spawnSync(program, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  return stdout.trim().split("\n");
}

const codeOf = (error: JournalError): string => error.code;
const append = (journal: Journal, index: number): Promise<string> =>
  journal.append(createEntry(index)).catch(codeOf);

/** Tries an entry until it is kept. */
async function appendUntilKept(journal: Journal, index: number): Promise<void> {
  while ((await append(journal, index)) !== "appended") await wait(50);
}

/** The findings of a start: how many were counted, and how many of the first keys it knows. */
async function reopen(keys: number): Promise<{ saved: number; known: number }> {
  const journal = await openSqliteJournal({ path, reserveBytes: 65_536 });
  const saved = countSaved(journal);
  const outcomes = await Promise.all(Array.from({ length: keys }, (_, index) => append(journal, index)));
  await journal.close();
  return { saved, known: outcomes.filter((outcome) => outcome === "duplicate").length };
}

/**
 * Entries that were acknowledged between a sync of a file that failed and the next opening. SQLite itself goes on
 * where a folder cannot be synced (`unixSync` in its os_unix.c), and which sync is the folder's depends on the time.
 */
function keptAfterFault(trace: string): number {
  let kept = 0;
  let isFaulty = false;
  for (const line of trace.split("\n")) {
    if (line.includes("EIO") && !line.includes(`<${folder}>`)) isFaulty = true;
    else if (line.includes('metrics.journal"')) isFaulty = false;
    else if (isFaulty && line.includes('"kept')) kept += 1;
  }
  return kept;
}

describe("power loss", () => {
  test.skipIf(!canTrace)(`what an answer follows was synced before it${noStrace}`, () => {
    const trace = join(folder, "trace");
    const calls = "trace=pwrite64,write,fsync,fdatasync";
    const said = runLoop([STRACE, "-f", "-y", "-o", trace, "-e", calls], 20);
    expect(said.filter((line) => line.startsWith("kept"))).toHaveLength(20);
    const lines = readFileSync(trace, "utf8");
    expect(readSyncOrder(lines)).toEqual({ kept: 20, unsynced: 0 });
    // The same reader finds it where a sync is taken out.
    const without = lines.split("\n").filter((line) => !/f(?:data)?sync/.test(line));
    expect(readSyncOrder(without.join("\n"))).toEqual({ kept: 20, unsynced: 20 });
  });

  test.skipIf(!canTrace)(
    `a sync that fails refuses its group and nothing else, and nothing is acknowledged until the file is opened anew${noStrace}`,
    async () => {
      const trace = join(folder, "trace");
      const inject = "inject=fsync,fdatasync:error=EIO:when=12..14";
      const said = runLoop(
        [STRACE, "-f", "-y", "-o", trace, "-e", "trace=openat,write,fsync,fdatasync", "-e", inject],
        20,
      );
      expect(said.filter((line) => /^refused \d+ io_error$/.test(line)).length).toBeGreaterThan(0);
      expect(said.filter((line) => line.startsWith("kept"))).toHaveLength(20);
      expect(keptAfterFault(readFileSync(trace, "utf8"))).toBe(0);
      expect(await reopen(20)).toEqual({ saved: 20, known: 20 });
    },
  );
});

test.skipIf(!canTrace)(`a file system without hard links has the same journal${noStrace}`, async () => {
  const trace = join(folder, "trace");
  const without = [
    STRACE,
    "-f",
    "-o",
    trace,
    "-e",
    "trace=link,linkat",
    "-e",
    "inject=link,linkat:error=EPERM",
  ];
  const kept = (said: readonly string[]) => said.filter((line) => line.startsWith("kept")).length;
  expect(kept(runLoop(without, 5))).toBe(5);
  // The second start finds a file, and reads it under another name first.
  expect(runLoop(without, 5).at(-1)).not.toContain("corrupt");
  expect(readFileSync(trace, "utf8")).toContain("EPERM");
  expect(await reopen(5)).toEqual({ saved: 5, known: 5 });
});

describe("a limit on the size of files", () => {
  test("refuses what does not fit, and keeps what it acknowledged", async () => {
    const said = runLoop(["bash", "-c", 'ulimit -f 64; exec "$@"', "limited"], 1500, { GIVE_UP: "1" });
    const kept = said.filter((line) => line.startsWith("kept"));
    expect(kept.length).toBeGreaterThan(0);
    expect(said.filter((line) => /^refused \d+ (io_error|disk_full)$/.test(line)).length).toBeGreaterThan(0);
    expect((await reopen(0)).saved).toBe(kept.length);
  });
});

describe("a disk", () => {
  let disk: SmallDisk | undefined;
  beforeEach(() => {
    disk = canMount ? mountSmallDisk(folder, 4) : undefined;
  });
  afterEach(() => disk?.unmount());

  test.skipIf(!canMount)(
    `that is full refuses, and goes on by itself once there is room${noMount}`,
    async () => {
      const journal = await openSqliteJournal({ path, reserveBytes: 1_048_576 });
      for (let index = 0; index < 10; index += 1) expect(await append(journal, index)).toBe("appended");
      // Everything is in the file and its log is empty: what comes next needs room.
      await expect.poll(() => statSync(`${path}-wal`).size).toBe(0);
      disk!.fill();
      expect(await append(journal, 10)).toBe("disk_full");
      expect(journal.state?.().failing).toMatchObject({ code: "disk_full" });
      expect(await append(journal, 11)).toBe("disk_full");
      const text = { section: "notices", key: "a", text: "x".repeat(100_000) };
      await expect(journal.documents!.write([text])).rejects.toMatchObject({ code: "disk_full" });
      await wait(700);
      expect(await append(journal, 12)).toBe("disk_full");
      disk!.free();
      await appendUntilKept(journal, 10);
      expect(journal.state?.().failing).toBeUndefined();
      await journal.documents!.write([{ ...text, text: "after" }]);
      await journal.close();
      const again = await openSqliteJournal({ path, reserveBytes: 65_536 });
      expect([...again.documents!.read("notices")]).toEqual([["a", "after"]]);
      await again.close();
      expect(await reopen(11)).toEqual({ saved: 11, known: 11 });
    },
  );

  test.skipIf(!canMount)(
    `that the journal itself has filled is cleaned up by the reserve${noMount}`,
    async () => {
      const never = { checkpointMs: 3_600_000, checkpointBytes: 2 ** 40 };
      const journal = await openSqliteJournal({ path, reserveBytes: 1_048_576, ...never });
      const outcomes = new Map<string, number>();
      let next = 0;
      const write = async (): Promise<void> => {
        while (next < 400_000 && !outcomes.has("disk_full")) {
          const outcome = await append(journal, next++);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: 500 }, write));
      expect(outcomes.get("disk_full")).toBeGreaterThan(0);
      await appendUntilKept(journal, 1_000_000);
      await journal.close();
      expect((await reopen(0)).saved).toBe((outcomes.get("appended") ?? 0) + 1);
    },
  );

  test.skipIf(!canMount)(`that is read-only is named${noMount}`, async () => {
    const journal = await openSqliteJournal({ path, reserveBytes: 65_536 });
    await append(journal, 0);
    await journal.close();
    disk!.readOnly(true);
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: "read_only" });
    await expect(openSqliteJournal({ path: join(folder, "other") })).rejects.toMatchObject({
      code: "read_only",
    });
    disk!.readOnly(false);
    expect(await reopen(1)).toEqual({ saved: 1, known: 1 });
  });
});

describe("a file", () => {
  const change = (sql: string): void => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };

  test("that is open is refused to others, in this process and in another", async () => {
    const journal = await openSqliteJournal({ path });
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: "locked" });
    expect(runLoop([], 1)).toEqual(["closed locked"]);
    await journal.close();
  });

  test("of a newer or an older version is refused with both versions", async () => {
    await (await openSqliteJournal({ path })).close();
    change("PRAGMA user_version = 99");
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({
      code: "newer_schema",
      message: expect.stringMatching(/newer version of rumkit: its schema is 99, this version reads 2/),
    });
    change("PRAGMA user_version = 0");
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: "older_schema" });
  });

  test("of something else is refused and left as it is", async () => {
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE customers (id INTEGER); INSERT INTO customers VALUES (7)");
    database.close();
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: "not_a_journal" });
    const again = new DatabaseSync(path);
    expect(again.prepare("SELECT id FROM customers").get()).toEqual({ id: 7 });
    again.close();
  });

  test("that is not a database is refused", async () => {
    writeFileSync(path, "This is a letter to the editor. ".repeat(500));
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(path),
    });
  });

  test("whose folder is not there is refused", async () => {
    await expect(openSqliteJournal({ path: join(folder, "nowhere", "journal") })).rejects.toMatchObject({
      code: "io_error",
    });
  });

  test("whose log was lost is refused, since the mark beside it knows better", async () => {
    const journal = await openSqliteJournal({ path });
    for (let index = 0; index < 5; index += 1) await append(journal, index);
    const log = readFileSync(`${path}-wal`);
    const file = readFileSync(path);
    const mark = readFileSync(`${path}-tail`);
    await journal.close();
    writeFileSync(path, file);
    writeFileSync(`${path}-tail`, mark);
    writeFileSync(`${path}-wal`, log.subarray(0, log.length - 4000));
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: "lost_tail" });
  });
});

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector, openSqliteJournal } from "@rumkit/server";
import { afterEach, beforeEach, expect, test } from "vitest";

/** The ways to back up and restore a journal that docs/backup.md describes, with a real collector. */

const ORIGIN = "http://127.0.0.1:4000";
const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { add_to_cart: { help: "Items put into the cart." } },
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-backup-"));
  path = join(folder, "metrics.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a collector on the journal at `path`, and stops both. */
async function withCollector<T>(act: (collector: Collector<typeof catalog>) => Promise<T>): Promise<T> {
  const journal = await openSqliteJournal({ path, reserveBytes: 65_536 });
  const collector = createCollector({ catalog, journal, runtimeMetrics: false, allowedOrigins: [ORIGIN] });
  try {
    return await act(collector);
  } finally {
    await collector.stop();
    await journal.close();
  }
}

/** Sends batches with these numbers, one action each, and returns how many were new. */
async function send({ app }: Collector<typeof catalog>, from: number, to: number): Promise<number> {
  let fresh = 0;
  for (let number = from; number <= to; number += 1) {
    const batch = {
      v: 1,
      id: number.toString(16).padStart(32, "0"),
      session: "00000000000000000000000000000002",
      sentAt: 0,
      events: [{ type: "action", route: "/", name: "add_to_cart" }],
    };
    const answer = await app.request("/collect", {
      method: "POST",
      body: JSON.stringify(batch),
      headers: { origin: ORIGIN, "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0" },
    });
    expect(answer.status).toBe(200);
    if (!("duplicate" in ((await answer.json()) as object))) fresh += 1;
  }
  return fresh;
}

async function counted({ app }: Collector<typeof catalog>): Promise<number> {
  const text = await (await app.request("/metrics")).text();
  return Number(/^rum_actions_total\{action="add_to_cart"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Puts the copy of a journal, and of its log if there is one, back to its place, as docs/backup.md says. */
function restore(backup: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith("metrics.journal")) rmSync(join(folder, name));
  copyFileSync(backup, path);
  if (existsSync(`${backup}-wal`)) copyFileSync(`${backup}-wal`, `${path}-wal`);
}

test("a copy made while the collector stands still counts on exactly once", async () => {
  const backup = join(folder, "copy");
  await withCollector((collector) => send(collector, 1, 20));
  copyFileSync(path, backup);
  await withCollector((collector) => send(collector, 21, 30));
  restore(backup);
  await withCollector(async (collector) => {
    expect(await counted(collector)).toBe(20);
    // Pages that have no answer yet send again; those before the copy are known.
    expect(await send(collector, 1, 30)).toBe(10);
    expect(await counted(collector)).toBe(30);
  });
});

test("a copy of the file and its log, made while the collector runs, has what was acknowledged", async () => {
  const backup = join(folder, "copy");
  await withCollector(async (collector) => {
    await send(collector, 1, 20);
    copyFileSync(path, backup);
    copyFileSync(`${path}-wal`, `${backup}-wal`);
    await send(collector, 21, 30);
  });
  restore(backup);
  await withCollector(async (collector) => {
    expect(await counted(collector)).toBe(20);
    expect(await send(collector, 1, 30)).toBe(10);
    expect(await counted(collector)).toBe(30);
  });
});

test("VACUUM INTO of SQLite copies a journal that no collector has open, and is refused while one runs", async () => {
  const backup = join(folder, "copy");
  const program = `
    import { DatabaseSync } from "node:sqlite";
    new DatabaseSync(process.argv[1]).prepare("VACUUM INTO ?").run(process.argv[2]);`;
  const copy = (): string =>
    spawnSync(process.execPath, ["--input-type=module", "-e", program, path, backup], { encoding: "utf8" })
      .stderr;
  await withCollector(async (collector) => {
    await send(collector, 1, 20);
    expect(copy()).toContain("database is locked");
  });
  rmSync(backup, { force: true });
  expect(copy()).not.toContain("Error");
  restore(backup);
  await withCollector(async (collector) => {
    expect(await counted(collector)).toBe(20);
    expect(await send(collector, 1, 20)).toBe(0);
  });
});

test("an older copy beside the mark of a newer journal is refused until the mark is deleted", async () => {
  const backup = join(folder, "copy");
  await withCollector((collector) => send(collector, 1, 20));
  copyFileSync(path, backup);
  await withCollector((collector) => send(collector, 21, 30));
  copyFileSync(backup, path);
  await expect(openSqliteJournal({ path, reserveBytes: 65_536 })).rejects.toMatchObject({
    code: "lost_tail",
  });
  rmSync(`${path}-tail`);
  await withCollector(async (collector) => {
    expect(await counted(collector)).toBe(20);
    expect(await send(collector, 21, 30)).toBe(10);
  });
});

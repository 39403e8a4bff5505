import fs from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { catalogCommand } from "../packages/cli/src/commands/catalogCommand.ts";
import { sourcemapsCommand } from "../packages/cli/src/commands/sourcemapsCommand.ts";
import { findStaleFiles, writeGeneratedFiles } from "../packages/cli/src/generate/generatedFiles.ts";
import { loadCatalog } from "../packages/cli/src/generate/loadCatalog.ts";
import { readProject } from "../packages/cli/src/init/project.ts";
import { create } from "../packages/cli/src/init/step.ts";
import { checkJournal } from "../packages/server/src/journal/checkJournal.ts";
import { createMeasure, walBytes } from "../packages/server/src/journal/journalFiles.ts";
import { createReserve } from "../packages/server/src/journal/reserve.ts";
import { openSqliteStore } from "../packages/server/src/journal/sqliteStore.ts";
import { createTailMark, readTailMark } from "../packages/server/src/journal/tailMark.ts";
import { readConfig } from "../packages/cli/src/serve/readConfig.ts";
import { findBuildMaps } from "../packages/server/src/sourceMaps/buildMaps.ts";
import { mapKey } from "../packages/server/src/sourceMaps/mapFile.ts";
import { createMapTable } from "../packages/server/src/sourceMaps/mapTable.ts";
import { openUploadedMaps } from "../packages/server/src/sourceMaps/uploadedMaps.ts";

/**
 * The system refuses a file that is there: too many are open, the disk fails, a permission is missing. That says nothing
 * about what is in the file. So it is never taken for one that is absent, it deletes and replaces nothing, and it is said.
 */

interface Case {
  /** The files that are there before, by path below the folder; a folder where it ends with a slash. */
  readonly files: Readonly<Record<string, string>>;
  /** The path that the system refuses. */
  readonly refused: string;
  /** Without the file there is nothing to be said. */
  readonly mayBeAbsent?: boolean;
  /** Throws or returns what is said. */
  readonly run: (folder: string) => unknown;
}

const MAP = JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" });
const CATALOG = 'export const catalog = { app: "shop", routes: ["/"] };';
const KEY = mapKey("1", "a.js.map");
const MANIFEST = JSON.stringify([{ release: "1", file: "a.js.map", bytes: MAP.length, at: 1 }]);
const UPLOADS = { "manifest.json": MANIFEST, [`${KEY}.map`]: MAP, "left.tmp": "" };
const READER = { series: () => {}, keys: () => {} };

const generatedIn = (folder: string) => ({
  app: "shop",
  catalog: join(folder, "catalog.ts"),
  files: new Map([[join(folder, "rules.yaml"), "new"]]),
  folders: [folder],
});
const config = (folder: string) => readConfig({ flags: {}, env: {}, file: undefined, folder });

/** A map is refused by its disk: the ones before it are listed as before. */
async function putOne(folder: string): Promise<void> {
  const uploads = await openUploadedMaps(folder, MAP.length + 1);
  const before = uploads.list();
  try {
    await uploads.put("2", "a.js.map", Readable.from([Buffer.from(MAP)]));
  } finally {
    expect(uploads.list()).toEqual(before);
  }
}

async function scan(folder: string): Promise<string> {
  const said: string[] = [];
  let time = 0;
  const maps = createMapTable(
    folder,
    1e6,
    () => time,
    (message) => said.push(message),
  );
  for (; time < 90_000; time += 30_000) await maps.refreshFor("2");
  expect(said.length).toBeLessThan(2);
  return said.join("");
}

const cases: Readonly<Record<string, Case>> = {
  "the list of uploaded maps": {
    files: UPLOADS,
    refused: "manifest.json",
    run: (folder) => openUploadedMaps(folder, 1e6),
  },
  "the folder of uploaded maps": {
    files: { "uploads/manifest.json": MANIFEST, [`uploads/${KEY}.map`]: MAP },
    refused: "uploads",
    run: (folder) => openUploadedMaps(join(folder, "uploads"), 1e6),
  },
  "the folder of deployed maps": {
    files: { "1/a.js.map": MAP },
    refused: "1",
    mayBeAbsent: true,
    run: scan,
  },
  "a deployed map": { files: { "1/a.js.map": MAP }, refused: "1/a.js.map", mayBeAbsent: true, run: scan },
  "the list of uploaded maps, at a scan": {
    files: { "1/a.js.map": MAP, ".uploads/manifest.json": MANIFEST, [`.uploads/${KEY}.map`]: MAP },
    refused: ".uploads/manifest.json",
    run: scan,
  },
  "a script of a build": { files: { "a.js": "", "a.js.map": MAP }, refused: "a.js", run: findBuildMaps },
  "the folder of a build": {
    files: { "dist/a.js": "", "dist/a.js.map": MAP },
    refused: "dist",
    run: (folder) =>
      sourcemapsCommand.run(["copy", join(folder, "dist"), "--release", "1", "--to", join(folder, "to")]),
  },
  "the mark of the journal, read": {
    files: { "j-tail": "twelve bytes" },
    refused: "j-tail",
    mayBeAbsent: true,
    run: (folder) => void readTailMark(join(folder, "j-tail")),
  },
  "the mark of the journal, opened": {
    files: { "j-tail": "twelve bytes" },
    refused: "j-tail",
    run: (folder) => createTailMark(join(folder, "j-tail")).close(),
  },
  "the journal, opened": {
    files: {},
    refused: "j",
    run: (folder) => openSqliteStore(join(folder, "j"), READER).close(),
  },
  "the journal, checked": {
    files: {},
    refused: "j",
    run: (folder) => checkJournal(join(folder, "j"), undefined),
  },
  "the reserve of the journal": {
    files: { "j-reserve": "a reserve" },
    refused: "j-reserve",
    run: (folder) => createReserve(join(folder, "j-reserve"), "a reserve".length).fill(),
  },
  "a configuration that is not named": {
    files: { "rumkit.config.json": '{ "port": 1 }' },
    refused: "rumkit.config.json",
    mayBeAbsent: true,
    run: async (folder) => void (await config(folder)),
  },
  "a catalog that is not named": {
    files: { "catalog.ts": CATALOG },
    refused: "catalog.ts",
    mayBeAbsent: true,
    run: async (folder) => void (await config(folder)),
  },
  "a catalog": {
    files: { "catalog.mjs": CATALOG },
    refused: "catalog.mjs",
    run: (folder) => loadCatalog(join(folder, "catalog.mjs")),
  },
  "a generated file, replaced": {
    files: { "rules.yaml": "somebody's own" },
    refused: "rules.yaml",
    run: (folder) => writeGeneratedFiles(generatedIn(folder)),
  },
  "a generated file, compared": {
    files: { "rules.yaml": "new" },
    refused: "rules.yaml",
    mayBeAbsent: true,
    run: async (folder) => void (await findStaleFiles(generatedIn(folder))),
  },
  "a folder of generated files": {
    files: { "rules.yaml": "new" },
    refused: "",
    mayBeAbsent: true,
    run: async (folder) => void (await findStaleFiles(generatedIn(folder))),
  },
  "the file of a learned catalog": {
    files: { "catalog.ts": CATALOG },
    refused: "catalog.ts",
    run: (folder) =>
      catalogCommand.run(["--from", "http://127.0.0.1:1", "--out", join(folder, "catalog.ts")]),
  },
  "a project's package.json": {
    files: { "package.json": "{}" },
    refused: "package.json",
    run: (folder) => void readProject(folder),
  },
  "a project's page": {
    files: { "package.json": '{ "dependencies": { "vite": "8" } }', "index.html": "" },
    refused: "index.html",
    mayBeAbsent: true,
    run: (folder) => void readProject(folder),
  },
  "a project's server": {
    files: { "package.json": '{ "dependencies": { "express": "5" } }', "server.ts": "" },
    refused: "server.ts",
    mayBeAbsent: true,
    run: (folder) => void readProject(folder),
  },
  "a project's file that would be created": {
    files: { "package.json": "{}", "catalog.ts": CATALOG },
    refused: "catalog.ts",
    mayBeAbsent: true,
    run: (folder) => void create(readProject(folder), "catalog.ts", ""),
  },
  "the list of uploaded maps, written": {
    files: { "manifest.json": MANIFEST, [`${KEY}.map`]: MAP },
    refused: "manifest.json.tmp",
    run: putOne,
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-refused-"));
});
afterEach(async () => {
  accept();
  await rm(folder, { recursive: true });
});

const SYNC = [
  "statSync",
  "readFileSync",
  "openSync",
  "readdirSync",
  "accessSync",
  "realpathSync",
  "statfsSync",
] as const;
const ASYNC = ["stat", "readFile", "writeFile", "readdir", "open", "rename", "access"] as const;

const spies: { mockRestore(): void }[] = [];

/** From now on the system answers with an error to whatever is asked of a path. */
function refuse(path: string, code: string): void {
  const check = (name: string, asked: unknown): void => {
    if (asked !== path) return;
    const text = `${code}: injected, ${name} '${path}'`;
    throw Object.assign(new Error(text), { code, path, syscall: name.replace("Sync", "") });
  };
  for (const [module, names] of [
    [fs, SYNC],
    [fs.promises, ASYNC],
  ] as const) {
    for (const name of names) {
      const methods = module as unknown as Record<string, (...args: unknown[]) => unknown>;
      const original = methods[name]!;
      const isAsync = module === fs.promises;
      const spy = vi.spyOn(methods, name).mockImplementation((...args) => {
        try {
          check(name, args[0]);
        } catch (error) {
          const isAbsent =
            code === "ENOENT" && (args[1] as { throwIfNoEntry?: boolean })?.throwIfNoEntry === false;
          if (isAbsent) return undefined;
          if (isAsync) return Promise.reject(error);
          throw error;
        }
        return Reflect.apply(original, module, args);
      });
      spies.push(spy);
    }
  }
  // Named imports of what Node itself has see the change from here on.
  syncBuiltinESMExports();
}

function accept(): void {
  for (const spy of spies.splice(0)) spy.mockRestore();
  syncBuiltinESMExports();
}

async function contentOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, "latin1")));
  return Object.fromEntries(files.map((file, index) => [relative(root, file), texts[index]!]));
}

async function saidBy({ run }: Case): Promise<string> {
  try {
    const said = await run(folder);
    return typeof said === "string" ? said : "";
  } catch (error) {
    return String(error);
  }
}

test.each(Object.entries(cases))("%s", async (_name, refusal) => {
  const lay = async (): Promise<void> => {
    for (const [name, text] of Object.entries(refusal.files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  };
  await lay();
  if (refusal.refused === "j") openSqliteStore(join(folder, "j"), READER).close();
  const before = await contentOf(folder);
  const path = join(folder, refusal.refused);
  for (const code of ["EMFILE", "EIO", "EACCES"]) {
    refuse(path, code);
    const said = await saidBy(refusal);
    accept();
    expect(said).toContain(code);
    const after = await contentOf(folder);
    expect(after).toEqual(expect.objectContaining(before));
  }
  if (refusal.mayBeAbsent) {
    refuse(path, "ENOENT");
    expect(await saidBy(refusal)).toBe("");
    accept();
  }
  // It is the injected error that is said: without it there is none.
  expect(await saidBy(refusal)).not.toMatch(/\bE[A-Z]{2,}:|injected/);
});

test("a journal that cannot be measured is as it was before, and its disk is not full", async () => {
  const path = join(folder, "j");
  await writeFile(path, "seven b");
  const measure = createMeasure(path);
  const before = measure(0);
  expect(before).toMatchObject({ bytes: 7, logBytes: 0 });
  expect(before.freeBytes).toBeGreaterThan(0);
  for (const [refused, code] of [
    [path, "EIO"],
    [folder, "EACCES"],
    [`${path}-wal`, "EMFILE"],
  ] as const) {
    refuse(refused, code);
    const measured = measure(5);
    const log = walBytes(path);
    accept();
    expect([measured.bytes, measured.logBytes, log]).toEqual([7, 5, 0]);
    expect(measured.freeBytes).toBeGreaterThan(0);
  }
  refuse(path, "ENOENT");
  expect(measure(0).bytes).toBe(0);
});

import fs from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/**
 * The system refuses a file that is there: too many are open, the disk fails, a permission is missing. That says nothing
 * about what is in the file. So it is never taken for one that is absent, it deletes and replaces nothing, and it is said.
 */

export interface FileFault {
  /** The files that are there before, by path below the folder; a folder where it ends with a slash. */
  readonly files: Readonly<Record<string, string>>;
  /** The path that the system refuses. */
  readonly refused: string;
  /** Without the file there is nothing to be said. */
  readonly mayBeAbsent?: boolean;
  /** Runs once, with the files in place. */
  readonly prepare?: (folder: string) => unknown;
  /** Throws or returns what is said. */
  readonly run: (folder: string) => unknown;
}

/** Returns the folder of the current test. Afterwards the system answers again. */
export function useFolder(): () => string {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rumkit-refused-"));
  });
  afterEach(async () => {
    accept();
    await rm(folder, { recursive: true });
  });
  return () => folder;
}

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
export function refuse(path: string, code: string): void {
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

export function accept(): void {
  for (const spy of spies.splice(0)) spy.mockRestore();
  syncBuiltinESMExports();
}

async function contentOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, "latin1")));
  return Object.fromEntries(files.map((file, index) => [relative(root, file), texts[index]!]));
}

async function saidBy({ run }: FileFault, folder: string): Promise<string> {
  try {
    const said = await run(folder);
    return typeof said === "string" ? said : "";
  } catch (error) {
    return String(error);
  }
}

/** Tests each case: the error of the system is said, and no file is deleted or replaced. */
export function testFileFaults(cases: Readonly<Record<string, FileFault>>): void {
  const folderOf = useFolder();
  test.each(Object.entries(cases))("%s", async (_name, refusal) => {
    const folder = folderOf();
    const lay = async (): Promise<void> => {
      for (const [name, text] of Object.entries(refusal.files)) {
        await mkdir(join(folder, name, ".."), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    };
    await lay();
    await refusal.prepare?.(folder);
    const before = await contentOf(folder);
    const path = join(folder, refusal.refused);
    for (const code of ["EMFILE", "EIO", "EACCES"]) {
      refuse(path, code);
      const said = await saidBy(refusal, folder);
      accept();
      expect(said).toContain(code);
      const after = await contentOf(folder);
      expect(after).toEqual(expect.objectContaining(before));
    }
    if (refusal.mayBeAbsent) {
      refuse(path, "ENOENT");
      expect(await saidBy(refusal, folder)).toBe("");
      accept();
    }
    // It is the injected error that is said: without it there is none.
    expect(await saidBy(refusal, folder)).not.toMatch(/\bE[A-Z]{2,}:|injected/);
  });
}

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Skipped } from "./segments.ts";
import { openSpool, type Spool } from "./spool.ts";
import { DISK, type SpoolFiles } from "./spoolFiles.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

let folder: string;
let skipped: Skipped[];
let opened: Spool[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-spool-"));
  skipped = [];
  opened = [];
});
afterEach(async () => {
  for (const spool of opened) await spool.close();
  rmSync(folder, { recursive: true });
});

interface Given {
  readonly maxBytes?: number;
  readonly files?: Partial<SpoolFiles>;
}

function open({ maxBytes = 1 << 30, files = {} }: Given = {}): Spool {
  const onSkipped = (one: Skipped): void => void skipped.push(one);
  const spool = openSpool({ folder, maxBytes, onSkipped, files: { ...DISK, ...files } });
  opened.push(spool);
  return spool;
}

function message(id: string, body = `body of ${id}`): SpooledMessage {
  return { topic: "batches.3", id, at: 1_700_000_000_000, body: Buffer.from(body) };
}

/** Drains the spool, and returns the ids in their order. */
async function drain(spool: Spool): Promise<string[]> {
  const ids: string[] = [];
  for (let records = await spool.peek(); records; records = await spool.peek()) {
    for (const { message: one } of records) {
      expect(Buffer.from(one.body).toString()).toMatch(/^body of /);
      ids.push(one.id);
    }
    await spool.remove(records);
  }
  return ids;
}

/** Appends messages and returns the bytes of their one segment, as a crash leaves it. */
async function writeSegment(
  ids: readonly string[],
): Promise<{ readonly path: string; readonly bytes: Buffer }> {
  const spool = open();
  for (const id of ids) await spool.append(message(id));
  await spool.close();
  const [name] = segments();
  const path = join(folder, name!);
  return { path, bytes: readFileSync(path) };
}

const segments = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".spool"));

describe("a spool", () => {
  test("returns messages as they were, in the order in which they came, and leaves no file", async () => {
    const spool = open();
    await Promise.all(["a", "b", "c"].map((id) => spool.append(message(id))));
    const [first] = (await spool.peek())!;
    expect(first!.message).toEqual({ ...message("a"), body: Buffer.from("body of a") });
    expect(spool.state).toMatchObject({ messages: 3, oldestAt: 1_700_000_000_000 });
    expect(await drain(spool)).toEqual(["a", "b", "c"]);
    expect(spool.isEmpty).toBe(true);
    expect(spool.state).toMatchObject({ messages: 0, bytes: 0, oldestAt: undefined });
    expect(segments()).toEqual([]);
  });

  test("returns messages again that were read and not removed", async () => {
    const spool = open();
    for (const id of ["a", "b"]) await spool.append(message(id));
    await spool.peek();
    const records = (await spool.peek())!;
    await spool.remove(records.slice(0, 1));
    expect(spool.state.messages).toBe(1);
    expect(await drain(spool)).toEqual(["b"]);
  });

  test("keeps them for the next process, which writes behind them", async () => {
    await writeSegment(["a", "b"]);
    const spool = open();
    expect(spool.isEmpty).toBe(false);
    await spool.append(message("c"));
    expect(await drain(spool)).toEqual(["a", "b", "c"]);
  });

  test("syncs once for all messages that wait", async () => {
    let syncs = 0;
    const create: SpoolFiles["create"] = async (path, inside) => {
      const file = await DISK.create(path, inside);
      const sync = (): Promise<void> => {
        syncs += 1;
        return file.sync();
      };
      return { ...file, sync };
    };
    const spool = open({ files: { create } });
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => spool.append(message(`${index}`))));
    expect(syncs).toBeLessThan(5);
    expect((await drain(spool)).length).toBe(1_000);
  });

  test("writes several segments, and removes each when it is drained", async () => {
    const spool = open();
    const body = `body of ${"x".repeat(1_000_000)}`;
    const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
    for (const id of ids) await spool.append(message(id, body));
    expect(segments().length).toBeGreaterThan(2);
    const records = (await spool.peek())!;
    await spool.remove(records);
    expect(records.length).toBeLessThan(ids.length);
    expect(await drain(spool)).toEqual(ids.slice(records.length));
    expect(segments()).toEqual([]);
  });

  test("refuses what does not fit, and takes it once it is drained", async () => {
    const spool = open({ maxBytes: 230 });
    const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const outcomes = await Promise.allSettled(ids.map((id) => spool.append(message(id))));
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: "full" } });
    expect(spool.state.isFull).toBe(true);
    expect(await drain(spool)).toEqual(ids.slice(0, ids.length - refused.length));
    expect(spool.state.isFull).toBe(false);
    await spool.append(message("i"));
  });

  test("is refused to a second process, and free once the first is killed", async () => {
    const run = promisify(execFile);
    const source = (then: string): string =>
      `import { openSpool } from ${JSON.stringify(join(import.meta.dirname, "spool.ts"))};
       openSpool({ folder: ${JSON.stringify(folder)}, maxBytes: 1e6, onSkipped: () => {} }); ${then}`;
    const start = (then: string) =>
      run(process.execPath, ["--input-type=module", "-e", source(then)], { cwd: import.meta.dirname });
    const spool = open();
    await expect(start("")).rejects.toThrow(/is in use by another process/);
    expect(() => open()).toThrow(/is in use by another process/);
    await spool.close();
    await expect(start('process.kill(process.pid, "SIGKILL");')).rejects.toMatchObject({ signal: "SIGKILL" });
    open();
  });

  test("keeps nothing after it was closed", async () => {
    const spool = open();
    await spool.close();
    await expect(spool.append(message("a"))).rejects.toMatchObject({ code: "closed" });
  });
});

describe("after a crash", () => {
  test("a record that is cut off at any byte is dropped, and no other", async () => {
    const { path, bytes } = await writeSegment(["a", "b", "c"]);
    const whole = bytes.length / 3;
    for (let length = whole * 2; length < bytes.length; length += 1) {
      skipped = [];
      writeFileSync(path, bytes.subarray(0, length));
      const spool = open();
      expect(await drain(spool)).toEqual(["a", "b"]);
      const torn = [{ reason: "torn", path, bytes: length - whole * 2 }];
      expect(skipped).toEqual(length === whole * 2 ? [] : torn);
      await spool.close();
    }
  });

  test("space that the file system gave and no write filled is cut off", async () => {
    const { path, bytes } = await writeSegment(["a"]);
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(4_096)]));
    const spool = open();
    expect((await spool.peek())!.length).toBe(1);
    expect(readFileSync(path)).toEqual(bytes);
    expect(await drain(spool)).toEqual(["a"]);
  });

  test("what was cut off stays away when more is written", async () => {
    const { path, bytes } = await writeSegment(["a", "b"]);
    writeFileSync(path, bytes.subarray(0, -3));
    const first = open();
    await first.append(message("c"));
    await first.close();
    expect(await drain(open())).toEqual(["a", "c"]);
    expect(skipped).toHaveLength(1);
  });
});

describe("damage", () => {
  test("of any byte costs its own message, is reported, and blocks nothing", async () => {
    const ids = ["a", "b", "c"];
    const { path, bytes } = await writeSegment(ids);
    const whole = bytes.length / 3;
    for (let place = 0; place < bytes.length; place += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        skipped = [];
        const damaged = Buffer.from(bytes);
        damaged[place]! ^= flip;
        writeFileSync(path, damaged);
        const spool = open();
        const hit = Math.floor(place / whole);
        expect(await drain(spool)).toEqual(ids.filter((_, index) => index !== hit));
        expect(skipped).toEqual([{ reason: hit === 2 ? "torn" : "damaged", path, bytes: whole }]);
        await spool.close();
      }
    }
  });

  test("of a whole segment is skipped: the segments around it are drained", async () => {
    for (const id of ["a", "b", "c"]) {
      const spool = open();
      await spool.append(message(id));
      await spool.close();
    }
    const path = join(folder, segments()[1]!);
    writeFileSync(path, Buffer.alloc(500, "x"));
    expect(await drain(open())).toEqual(["a", "c"]);
    expect(skipped).toEqual([{ reason: "damaged", path, bytes: 500 }]);
    expect(segments()).toEqual([]);
  });

  test("of the disk under a segment leaves its file, and the rest is drained", async () => {
    for (const id of ["a", "b"]) {
      const spool = open();
      await spool.append(message(id));
      await spool.close();
    }
    const path = join(folder, segments()[0]!);
    const read: SpoolFiles["read"] = async (from, ...range) => {
      if (from === path) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
      return DISK.read(from, ...range);
    };
    expect(await drain(open({ files: { read } }))).toEqual(["b"]);
    expect(skipped).toMatchObject([{ reason: "damaged", path, cause: { code: "EIO" } }]);
    expect(segments()).toHaveLength(1);
  });

  test("is not assumed by a process that has no file left to open: it reads the segment later", async () => {
    await writeSegment(["a", "b"]);
    let isShort = false;
    const read: SpoolFiles["read"] = async (...range) => {
      if (isShort) throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
      return DISK.read(...range);
    };
    const spool = open({ files: { read } });
    await spool.peek();
    isShort = true;
    await expect(spool.peek()).rejects.toMatchObject({ code: "EMFILE" });
    isShort = false;
    expect(await drain(spool)).toEqual(["a", "b"]);
    expect(skipped).toEqual([]);
  });

  test("cannot make a record out of what a page sent", async () => {
    const inner = await writeSegment(["forged"]);
    rmSync(inner.path);
    const spool = open();
    await spool.append(message("a", `body of ${inner.bytes.toString("latin1")}`));
    await spool.append(message("b"));
    await spool.close();
    const path = join(folder, segments()[0]!);
    const damaged = readFileSync(path);
    damaged[9]! ^= 1;
    writeFileSync(path, damaged);
    expect(await drain(open())).toEqual(["b"]);
  });
});

describe("a disk that fails", () => {
  /** A disk on which the operations whose numbers are given fail. */
  function failing(operation: "write" | "sync", code: string, fails: (call: number) => boolean): Given {
    let call = 0;
    const create: SpoolFiles["create"] = async (path, inside) => {
      const file = await DISK.create(path, inside);
      const tried = async (bytes?: Buffer): Promise<void> => {
        call += 1;
        if (!fails(call)) return bytes ? file.write(bytes) : file.sync();
        // Half of it is written, as on a full disk.
        if (bytes) await file.write(bytes.subarray(0, bytes.length / 2));
        throw Object.assign(new Error(`${code}: failed`), { code });
      };
      return { ...file, [operation]: tried };
    };
    return { files: { create } };
  }

  test.each([
    ["write", "ENOSPC", "disk_full"],
    ["write", "EIO", "io_error"],
    ["sync", "EIO", "io_error"],
  ] as const)(
    "at %s with %s acknowledges nothing, and continues once it works",
    async (operation, code, expected) => {
      const spool = open(failing(operation, code, (call) => call === 2 || call === 3));
      await spool.append(message("a"));
      await expect(spool.append(message("b"))).rejects.toMatchObject({ code: expected });
      expect(spool.state.failing).toMatchObject({ code: expected });
      await expect(spool.append(message("c"))).rejects.toMatchObject({ code: expected });
      await spool.append(message("d"));
      expect(spool.state.failing).toBeUndefined();
      expect(await drain(spool)).toEqual(["a", "d"]);
      expect(skipped).toEqual([]);
      expect(segments()).toEqual([]);
    },
  );

  test.each(["create", "write"] as const)(
    "for long at %s leaves no file with each try, and is empty again",
    async (operation) => {
      let isFull = true;
      const full = async (): Promise<void> => {
        if (isFull) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      };
      const create: SpoolFiles["create"] = async (path, inside) => {
        if (operation === "create") await full();
        const file = await DISK.create(path, inside);
        return { ...file, write: async (bytes) => (await full(), file.write(bytes)) };
      };
      const spool = open({ files: { create } });
      for (let tries = 0; tries < 20; tries += 1)
        await expect(spool.append(message("a"))).rejects.toMatchObject({ code: "disk_full" });
      expect(segments()).toEqual([]);
      expect(spool.isEmpty).toBe(true);
      isFull = false;
      await spool.append(message("b"));
      expect(await drain(spool)).toEqual(["b"]);
    },
  );

  test("and a folder that is a file are refused with a sentence", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => openSpool({ folder: path, maxBytes: 1e6, onSkipped: () => {} })).toThrow(
      /^\[rumkit\] The spool /,
    );
  });
});

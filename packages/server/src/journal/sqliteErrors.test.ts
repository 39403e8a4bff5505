import { describe, expect, test } from "vitest";
import type { JournalErrorCode } from "./journal.ts";
import { requireSqlite, toJournalError, unreadable } from "./sqliteErrors.ts";

/** Every primary result code of SQLite (https://sqlite.org/rescode.html), and what it means for a journal. */
const CODES: readonly (readonly [primary: number, name: string, code: JournalErrorCode])[] = [
  [1, "ERROR", "io_error"],
  [2, "INTERNAL", "io_error"],
  [3, "PERM", "read_only"],
  [4, "ABORT", "io_error"],
  [5, "BUSY", "locked"],
  [6, "LOCKED", "locked"],
  [7, "NOMEM", "io_error"],
  [8, "READONLY", "read_only"],
  [9, "INTERRUPT", "io_error"],
  [10, "IOERR", "io_error"],
  [11, "CORRUPT", "corrupt"],
  [12, "NOTFOUND", "io_error"],
  [13, "FULL", "disk_full"],
  [14, "CANTOPEN", "io_error"],
  [15, "PROTOCOL", "io_error"],
  [16, "EMPTY", "io_error"],
  [17, "SCHEMA", "io_error"],
  [18, "TOOBIG", "io_error"],
  [19, "CONSTRAINT", "io_error"],
  [20, "MISMATCH", "io_error"],
  [21, "MISUSE", "io_error"],
  [22, "NOLFS", "io_error"],
  [23, "AUTH", "io_error"],
  [24, "FORMAT", "io_error"],
  [25, "RANGE", "io_error"],
  [26, "NOTADB", "corrupt"],
  [27, "NOTICE", "io_error"],
  [28, "WARNING", "io_error"],
];

const PATH = import.meta.filename;

describe("a result code of SQLite", () => {
  test.each(CODES)("%i, SQLITE_%s, is %s, also in its extended forms", (primary, name, code) => {
    for (const extended of [0, 1, 17]) {
      const error = Object.assign(new Error(name), { errcode: primary + extended * 256 });
      const { code: found, message } = toJournalError(PATH, error);
      expect(found).toBe(code);
      // Following this advice loses the counts.
      expect(message.includes("begin at 0")).toBe(code === "corrupt");
    }
  });

  test("for lack of memory explains that the file is not damaged", () => {
    const error = Object.assign(new Error("out of memory"), { errcode: 7 });
    expect(toJournalError(PATH, error).message).toMatch(
      /The file is not damaged: give the process more memory\.$/,
    );
  });
});

test.each<[code: string, found: JournalErrorCode]>([
  ["ENOSPC", "disk_full"],
  ["EDQUOT", "disk_full"],
  ["EROFS", "read_only"],
  ["EACCES", "read_only"],
  ["EPERM", "read_only"],
  ...["EIO", "EMFILE", "ENFILE", "ELOOP", "ENOENT", "ENOTDIR", "ENOMEM", "EISDIR"].map(
    (code): [string, JournalErrorCode] => [code, "io_error"],
  ),
])("%s of the system is %s", (code, found) => {
  expect(toJournalError(PATH, Object.assign(new Error(code), { code })).code).toBe(found);
});

test("unreadable content is damage, but lack of memory is not", () => {
  expect(
    unreadable(PATH, "a row cannot be read", new RangeError("Offset is outside the bounds of the DataView"))
      .code,
  ).toBe("corrupt");
  expect(
    unreadable(PATH, "a row cannot be read", new RangeError("Array buffer allocation failed")).code,
  ).toBe("io_error");
});

test("the SQLite of the oldest supported Node.js is taken, and every newer one", () => {
  for (const sqlite of ["3.51.3", "3.51.10", "3.100.0", "4.0.0", process.versions["sqlite"]])
    expect(() => requireSqlite({ node: "22.23.0", sqlite })).not.toThrow();
});

test("an older one, or none, is refused in one line that names both versions and explains what to do", () => {
  const message = (versions: Parameters<typeof requireSqlite>[0]): string => {
    try {
      requireSqlite(versions);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(message({ node: "22.13.0", sqlite: "3.47.2" })).toBe(
    "[rumkit] The journal needs SQLite 3.51.3; Node.js 22.13.0 brings 3.47.2. Install Node.js 22.23 or newer.",
  );
  expect(message({ node: "20.20.2" })).toBe(
    "[rumkit] The journal needs SQLite 3.51.3; Node.js 20.20.2 brings none. Install Node.js 22.23 or newer.",
  );
});

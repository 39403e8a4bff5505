import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openRowFile } from "./rowFile.ts";

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-rows-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "journal-history");
}

const row = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const textOf = (rows: ReadonlyMap<number, Uint8Array>) =>
  Object.fromEntries([...rows].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]));

test("the last row of each number is there after a restart, and dropped ones after the file was written anew", async () => {
  const path = place();
  const file = await openRowFile(path);
  expect(existsSync(path)).toBe(false);
  file.keep(
    new Map([
      [0, row("marks")],
      [7, row("seven")],
    ]),
    0,
  );
  file.keep(
    new Map([
      [8, row("eight")],
      [7, row("seven again")],
    ]),
    0,
  );
  await file.close();
  expect(textOf((await openRowFile(path)).rows)).toEqual({ 0: "marks", 7: "seven again", 8: "eight" });

  const second = await openRowFile(path);
  second.keep(new Map([[9, new Uint8Array(5_000_000)]]), 8);
  second.keep(new Map([[10, row("")]]), 8);
  await second.close();
  expect([...(await openRowFile(path)).rows.keys()]).toEqual([0, 8, 9, 10]);
});

test("half a row at the end costs itself, and the next write mends the file", async () => {
  const path = place();
  const file = await openRowFile(path);
  file.keep(
    new Map([
      [1, row("one")],
      [2, row("two")],
    ]),
    0,
  );
  await file.close();
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    const { rows } = await openRowFile(path);
    expect(textOf(rows)).toEqual(length < 15 ? {} : { 1: "one" });
  }
  const again = await openRowFile(path);
  again.keep(new Map([[3, row("three")]]), 0);
  await again.close();
  expect(textOf((await openRowFile(path)).rows)).toEqual({ 1: "one", 3: "three" });
});

test("no content of the file can do more than be left out", async () => {
  const path = place();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      writeFileSync(path, bytes);
      const file = await openRowFile(path);
      file.keep(new Map([[5, row("five")]]), 0);
      await file.close();
      expect(textOf((await openRowFile(path)).rows)[5]).toBe("five");
    }),
    { numRuns: 50 },
  );
  writeFileSync(path, Buffer.alloc(17_000_000));
  expect((await openRowFile(path)).rows.size).toBe(0);
});

test("a file that cannot be written loses its rows and nothing else, and gets all of them once it can", async () => {
  const path = place();
  const folder = join(path, "..", "missing");
  const file = await openRowFile(join(folder, "history"));
  file.keep(new Map([[1, row("one")]]), 0);
  await file.close();
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
  file.keep(new Map([[2, row("two")]]), 0);
  await file.close();
  expect(textOf((await openRowFile(join(folder, "history"))).rows)).toEqual({ 1: "one", 2: "two" });
});

test("a file does not grow for ever", async () => {
  const path = place();
  const file = await openRowFile(path);
  for (let minute = 0; minute < 40; minute += 1) file.keep(new Map([[1, new Uint8Array(500_000)]]), 0);
  await file.close();
  expect(statSync(path).size).toBeLessThan(6_000_000);
});

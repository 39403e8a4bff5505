import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { heapFlags } from "./heapFlags.ts";

const MEGABYTE = 2 ** 20;

interface Sizes {
  readonly young: number;
  readonly total: number;
}

/** The memory of a process that works with objects of 10 MB, a few in each turn, which live through some collections. */
async function sizesOf(flags: readonly string[]): Promise<Sizes> {
  const program = `
    import { getHeapSpaceStatistics } from "node:v8";
    const living = [];
    for (let turn = 0; turn < 4_800; turn += 1) {
      living[turn % 320] = Array.from({ length: 500 }, (_, index) => ({ turn, index, next: {} }));
      await new Promise(setImmediate);
    }
    const spaces = getHeapSpaceStatistics().map(({ space_name, space_size }) => [space_name, space_size]);
    const young = Object.fromEntries(spaces).new_space;
    console.log(JSON.stringify({ young, total: process.memoryUsage().heapTotal }));`;
  const args = [...flags, "--no-warnings", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Sizes;
}

test("A process with them keeps little more than it uses", async () => {
  const [bounded, left] = await Promise.all([sizesOf(heapFlags([])), sizesOf([])]);
  expect(bounded.young).toBeLessThanOrEqual(16 * MEGABYTE);
  expect(left.young).toBeGreaterThan(bounded.young);
  expect(bounded.total).toBeLessThan(0.75 * left.total);
});

test("What Node was started with stays", () => {
  expect(heapFlags(["--max_semi_space_size=32"])).toEqual(["--heap-growing-percent=80"]);
  expect(heapFlags(["--heap-growing-percent=300"], "--max-semi-space-size=64")).toEqual([]);
});

test.each(["deploy/systemd/rumkit.service", "docs/serve.md"])("%s names them", async (file) => {
  const text = await readFile(join(import.meta.dirname, "../../../..", file), "utf8");
  expect(text).toContain(`node ${heapFlags([]).join(" ")} `);
});

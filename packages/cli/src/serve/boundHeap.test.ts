import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";

const MEGABYTE = 2 ** 20;

vi.setConfig({ testTimeout: 30_000 });

interface Sizes {
  readonly young: number;
  readonly total: number;
}

/** The memory of a process that works with objects of 10 MB, a few in each turn, which live through some collections. */
async function sizesOf(first: string, flags: readonly string[] = []): Promise<Sizes> {
  const program = `
    import { getHeapSpaceStatistics } from "node:v8";
    import { boundHeap } from ${JSON.stringify(join(import.meta.dirname, "boundHeap.ts"))};
    ${first}
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

test("A process keeps little more than it uses", async () => {
  const [bounded, left] = await Promise.all([sizesOf("boundHeap();"), sizesOf("")]);
  // A turn that was long, as on a busy machine, leaves it twice as large as the bound until the next.
  expect(bounded.young).toBeLessThanOrEqual(32 * MEGABYTE);
  expect(left.young).toBeGreaterThan(32 * MEGABYTE);
  expect(bounded.total).toBeLessThan(0.75 * left.total);
});

test("What Node was started with stays", async () => {
  const { young } = await sizesOf("boundHeap();", ["--max_semi_space_size=32"]);
  expect(young).toBeGreaterThan(16 * MEGABYTE);
});

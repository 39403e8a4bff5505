/**
 * Flags that keep the memory of a process close to the memory in use. By default V8 trades memory for time and releases it
 * late, so a collector that was attacked once would stay large.
 */
const FLAGS: readonly (readonly [name: string, value: number])[] = [
  // MiB of one half of the young generation. V8 of Node 24 lets both grow to 105 MiB, which saves up to a tenth of the
  // CPU for a batch of 2 kB. With 16 a process grew by 25 MB under attack and was hardly faster.
  ["--max-semi-space-size", 8],
  // The growth of the old generation that starts the next garbage collection, in percent of the heap after the last one.
  // V8 allows up to 300: under batches of 200 events the heap then has 110 MB, of which 30 are in use. With 80 it stays
  // below 70 MB.
  ["--heap-growing-percent", 80],
];

/** Returns the flags for a worker of the supervisor, without those that Node was started with: those take precedence. */
export function heapFlags(execArgv: readonly string[], nodeOptions = ""): string[] {
  const chosen = [...execArgv, nodeOptions].join(" ").replaceAll("_", "-");
  return FLAGS.filter(([name]) => !chosen.includes(name)).map(([name, value]) => `${name}=${value}`);
}

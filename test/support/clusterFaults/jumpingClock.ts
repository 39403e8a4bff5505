/**
 * Preloaded with `--import`: each SIGUSR2 sets the clock of this process as an operator does to a machine. Monotonic time
 * goes on.
 */
const HOUR = 3_600_000;

/** Milliseconds from the true time, one after the other. */
const OFFSETS = [HOUR, -HOUR, 26 * HOUR, 0];

let jumps = 0;
let offset = 0;
const now = Date.now;

Date.now = () => now() + offset;
globalThis.Date = new Proxy(Date, {
  construct: (target, given: readonly unknown[]): object =>
    Reflect.construct(target, given.length === 0 ? [now() + offset] : given),
});
process.on("SIGUSR2", () => {
  offset = OFFSETS[jumps % OFFSETS.length]!;
  jumps += 1;
});

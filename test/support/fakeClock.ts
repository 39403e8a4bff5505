import { vi } from "vitest";

/** The time at which the clock starts, in milliseconds since 1970. */
const START = 1_800_000_000_000;

/**
 * Replaces the clock and the timers by which a collector counts seconds. The test moves them; promises and sockets stay
 * real. `vi.useRealTimers()` ends it.
 */
export function useFakeClock(now = START): void {
  vi.useFakeTimers({
    now,
    toFake: ["Date", "performance", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
}

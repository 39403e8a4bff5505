import type { Part } from "../part/part.ts";

/** The clock of a collector. */
export interface Pulse {
  /** Records all gauges, as before a scrape. */
  show(): void;
  stop(): void;
}

/** Beats once a second, and keeps no process alive. */
export function createPulse(parts: readonly Part[]): Pulse {
  const show = (): void => {
    for (const part of parts) part.show?.();
  };
  const clock = setInterval(() => {
    show();
    for (const part of parts) part.tick?.();
    for (const part of parts) part.publish?.();
  }, 1000);
  clock.unref();
  return { show, stop: () => clearInterval(clock) };
}

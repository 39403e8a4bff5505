import type { Source } from "../source.ts";

/** Milliseconds from the last sign of life to a heartbeat: the collector takes a session for active for five minutes. */
const EVERY_MS = 60_000;

/**
 * Tells that the session goes on, once a minute at most, when its user does something and nothing else tells it.
 * Without a timer: one that never ends keeps pages busy that wait for them (zone.js).
 */
export const heartbeat = (): Source => (page) => {
  let heardOf = Date.now();
  const beat = (): void => {
    const now = Date.now();
    if (now - heardOf < EVERY_MS) return;
    heardOf = now;
    page.record({ type: "heartbeat" });
  };
  for (const type of ["pointerdown", "keydown", "scroll"]) page.on(window, type, beat);
  // Whatever is recorded is a sign of life.
  page.hooks.events.push(() => {
    heardOf = Date.now();
  });
};

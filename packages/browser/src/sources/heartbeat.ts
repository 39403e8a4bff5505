import type { Source } from "../contract/source.ts";
import { HEARTBEAT_MS } from "../base/limits.ts";

/**
 * Tells that the session goes on, once a minute at most, when its user does something and nothing else tells it.
 * Without a timer: one that never ends keeps pages busy that wait for them (zone.js).
 */
export const heartbeat = (): Source => (page) => {
  let heardOf = Date.now();
  const beat = (): void => {
    const now = Date.now();
    if (now - heardOf < HEARTBEAT_MS) return;
    heardOf = now;
    page.record({ type: "heartbeat" });
  };
  for (const type of ["pointerdown", "keydown", "scroll"]) page.on(window, type, beat);
  // Whatever is recorded is a sign of life.
  page.hooks.events.push(() => {
    heardOf = Date.now();
  });
};

import type { Source } from "../contract/source.ts";
import { HEARTBEAT_MS } from "../base/limits.ts";

/**
 * Keeps the session active: records at most one event per minute, when the user acts and no other event is recorded.
 * Uses no timer, because zone.js would keep the page busy as long as one runs.
 */
export const heartbeat = (): Source => (page) => {
  let lastEvent = Date.now();
  const beat = (): void => {
    if (Date.now() - lastEvent < HEARTBEAT_MS) return;
    lastEvent = Date.now();
    page.record({ type: "heartbeat" });
  };
  for (const type of ["pointerdown", "keydown", "scroll"]) page.on(window, type, beat);
  // Any recorded event shows that the session is active.
  page.hooks.events.push(() => {
    lastEvent = Date.now();
  });
};

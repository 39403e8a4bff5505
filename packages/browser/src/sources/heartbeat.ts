import type { Source } from "../source.ts";

/** Milliseconds between two heartbeats: the collector takes a session for active for five minutes. */
const EVERY_MS = 60_000;

/** Tells once a minute that the session goes on, while its user does something and nothing else tells it. */
export function heartbeat(): Source {
  return (page) => {
    let isActive = false;
    const onActivity = (): void => {
      isActive = true;
    };
    for (const type of ["pointerdown", "keydown", "scroll"]) page.on(window, type, onActivity);
    // Whatever else is recorded is a sign of life already.
    page.hooks.events.push(() => {
      isActive = false;
    });
    const timer = setInterval(() => {
      if (isActive && !document.hidden) page.record({ type: "heartbeat" });
    }, EVERY_MS);
    return () => clearInterval(timer);
  };
}

import type { SourceContext } from "../source.ts";
import type { SendReason } from "./createTransport.ts";

/**
 * Calls the listener each time when the page may be about to die, possibly several times for one exit.
 *
 * Hidden is the last event that phones give; pagehide comes first on a navigation. Never `unload` or `beforeunload`: they keep a page out of the back-forward cache.
 */
export function onPageExit(on: SourceContext["on"], listener: (reason: SendReason) => void): void {
  // Sources report on the way down, at the window: what they report leaves with this.
  on(document, "visibilitychange", () => document.hidden && listener("pause"));
  on(window, "pagehide", () => listener("exit"));
}

import type { FlushReason } from "./createQueue.ts";
import type { SourceContext } from "./source.ts";

/**
 * Calls the listener each time when the page may be about to die, possibly several times for one exit.
 *
 * Hidden is the last event that phones give; pagehide comes first on a navigation; freeze is all that a
 * background tab gets. Never `unload` or `beforeunload`: they keep a page out of the back-forward cache.
 */
export function onPageExit(on: SourceContext["on"], listener: (reason: FlushReason) => void): void {
  // On window in the bubble phase: `web-vitals` reports in the capture phase, so its values leave with this.
  on(window, "visibilitychange", () => {
    if (document.visibilityState === "hidden") listener("pause");
  });
  on(window, "pagehide", () => listener("exit"));
  on(document, "freeze", () => listener("exit"));
}

import type { Source } from "../contract/source.ts";
import { firstEntry } from "./observeEntries.ts";

/** Reports the phases of the document's load once, after the load. */
export const pageLoad = (): Source => {
  let isReported = false;
  return (page) => {
    const report = page.guard(() => {
      const entry = firstEntry("navigation");
      if (!entry || isReported) return;
      isReported = true;
      const { activationStart = 0 } = entry;
      const phases: Record<string, number | undefined> = {
        dns: entry.domainLookupEnd - entry.domainLookupStart,
        connect: entry.connectEnd - entry.connectStart,
        download: entry.responseEnd - entry.responseStart,
        interactive: entry.domInteractive - activationStart,
        complete: entry.domComplete - activationStart,
        load: entry.loadEventEnd - activationStart,
      };
      // Seconds, rounded to milliseconds. Phases that did not happen (cached name, reused connection) are omitted.
      for (const phase in phases) {
        phases[phase] = Math.max(Math.round(phases[phase]!) / 1000, 0) || undefined;
      }
      page.record({ type: "page_load", ...(phases as object), bytes: (entry.transferSize || undefined)! });
    });
    // The end of the load event is known after its listeners have run.
    if (document.readyState === "complete") setTimeout(report);
    page.on(window, "load", () => setTimeout(report));
  };
};

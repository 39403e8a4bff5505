import type { PageLoadEvent } from "@rumkit/protocol";
import type { Source } from "../source.ts";

type Phases = Omit<PageLoadEvent, "type" | "route" | "count">;

/** Reports the phases of the document's load, once, when it is over. */
export function pageLoad(): Source {
  let isReported = false;
  return (page) => {
    const report = page.guard(() => {
      const [entry] = performance.getEntriesByType("navigation");
      if (!entry || isReported) return;
      isReported = true;
      page.record({ type: "page_load", ...phasesOf(entry) });
    });
    // The end of the load event is known when its listeners have run.
    const wait = (): void => void setTimeout(report);
    if (document.readyState === "complete") wait();
    else page.on(window, "load", wait);
  };
}

function phasesOf(entry: PerformanceNavigationTiming & { activationStart?: number }): Phases {
  const start = entry.activationStart ?? 0;
  const phases = {
    dns: entry.domainLookupEnd - entry.domainLookupStart,
    connect: entry.connectEnd - entry.connectStart,
    download: entry.responseEnd - entry.responseStart,
    interactive: entry.domInteractive - start,
    complete: entry.domComplete - start,
    load: entry.loadEventEnd - start,
  };
  // Seconds of whole milliseconds; what did not happen (a cached name, a kept connection) is left out.
  const seconds = Object.entries(phases).map(([phase, ms]) => [phase, Math.round(ms) / 1000] as const);
  const { transferSize: bytes } = entry;
  return { ...Object.fromEntries(seconds.filter(([, value]) => value > 0)), ...(bytes && { bytes }) };
}

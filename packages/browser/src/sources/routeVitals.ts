import type { PageEvent } from "@rumkit/protocol";
import { CLSThresholds, INPThresholds, type Metric } from "web-vitals";
import type { ViewVital } from "./vitals.ts";

/** An entry of `layout-shift`, `event` or `first-input`. */
interface Entry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly interactionId: number;
}

/** A shift within a second of the last and five of the first belongs to their window (web.dev/articles/cls). */
const GAP_MS = 1_000;
const WINDOW_MS = 5_000;

/** The least that Event Timing allows: fast interactions count too. */
const SHORTEST_EVENT_MS = 16;

/**
 * Reports CLS and INP of each route, for browsers that know no soft navigations: there `web-vitals` has one
 * value for the whole life of a document. INP is the slowest interaction of the view. The browser tells of one
 * that changes the route when the next view is painted: it counts there. Returns what has to see each event.
 */
export function observeRoutes(report: (vital: ViewVital) => void): (event: PageEvent) => void {
  /** The view: how it came to be, and where. */
  let navigationType: Metric["navigationType"] | undefined = "navigate";
  let navigationURL = location.href;
  /** The window of shifts that goes on: its first and last, and its score; and the largest score of a window. */
  let first = 0;
  let last = 0;
  let score = 0;
  let worst = 0;
  let slowest: Entry | undefined;

  function see(entries: PerformanceEntryList): void {
    for (const entry of entries as Entry[]) {
      const { startTime, duration, interactionId, hadRecentInput, value } = entry;
      if (hadRecentInput) continue;
      if (interactionId && !(duration < (slowest?.duration as number))) slowest = entry;
      if (!value) continue;
      if (startTime - last > GAP_MS || startTime - first > WINDOW_MS) {
        score = 0;
        first = startTime;
      }
      last = startTime;
      score += value;
      worst = Math.max(worst, score);
    }
  }

  const observer = new PerformanceObserver((list) => see(list.getEntries()));
  const types = ["layout-shift", "event", "first-input"].filter((type) =>
    PerformanceObserver.supportedEntryTypes.includes(type),
  );
  for (const type of types) {
    const options = { type, buffered: true, durationThreshold: SHORTEST_EVENT_MS };
    observer.observe(options);
  }

  function tell(name: "CLS" | "INP", value: number, [good, poor]: readonly number[], entries: Entry[]): void {
    const rating = value > poor! ? "poor" : value > good! ? "needs-improvement" : "good";
    report({
      entries,
      name,
      value,
      rating,
      navigationType: navigationType!,
      navigationURL,
    });
  }

  function end(): void {
    see(observer.takeRecords());
    if (!navigationType) return;
    // Who knows layout shifts knows the other two.
    if (types[2]) tell("CLS", worst, CLSThresholds, []);
    if (slowest) tell("INP", slowest.duration, INPThresholds, [slowest]);
    navigationType = undefined;
  }

  // At the window: what is reported leaves with the flush that follows at the document.
  addEventListener("pagehide", end, true);
  addEventListener("visibilitychange", () => document.hidden && end(), true);
  return (event) => {
    if (event.type !== "page_view" || !event.navigation) return;
    end();
    navigationType = event.navigation === "soft" ? "soft-navigation" : "back-forward-cache";
    navigationURL = location.href;
    worst = score = 0;
    slowest = undefined;
  };
}

import type { View, ViewVital } from "./vitals.ts";
import { firstEntry, observeEntries } from "./observeEntries.ts";
import {
  SHIFT_GAP_MS,
  SHIFT_WINDOW_MS,
  SHORTEST_EVENT_MS,
  FAST_EVENT_MS,
  INTERACTIONS_PER_OUTLIER,
  MAX_SLOWEST_INTERACTIONS,
} from "../base/limits.ts";

/** An entry of `layout-shift`, `event` or `first-input`. */
interface Entry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly interactionId: number;
}

/**
 * Reports CLS and INP of each page view, by one definition in all browsers: the values that `web-vitals` would report if
 * the view were a whole page. `web-vitals` itself distinguishes views only if the browser supports soft navigations. INP is
 * the slowest interaction; after 50 interactions the second slowest, and so on. The browser reports an interaction that
 * changes the route after the next view is painted, so it counts for that view. Returns a function for each page view,
 * and one that ends the view.
 */
export const observeViews = (
  report: (vital: ViewVital, view: View) => void,
): [see: (view: View) => void, end: () => void] => {
  /** The current view. */
  let view: View | undefined;
  /** The current window of shifts: the times of its first and last shift, and its score. */
  let first = 0;
  let last = 0;
  let score = 0;
  /** The largest score of a window of the view so far. */
  let worst = 0;
  /** The slowest interactions of the view, each as its longest event. */
  let slowest: Entry[] = [];
  /** Interactions of the document so far, and those before the view. */
  let seen = 0;
  let before = 0;

  const see = (entry: Entry): void => {
    const { startTime, duration, interactionId, hadRecentInput, value } = entry;
    if (interactionId) {
      const same = slowest.find((other) => other.interactionId === interactionId);
      if (!same) seen++;
      if (!(same && duration <= same.duration))
        slowest = [entry, ...slowest.filter((other) => other !== same)]
          // oxlint-disable-next-line unicorn/no-array-sort -- Older browsers have no `toSorted`.
          .sort((a, b) => b.duration - a.duration)
          .slice(0, MAX_SLOWEST_INTERACTIONS);
    }
    if (!value || hadRecentInput) return;
    if (startTime - last > SHIFT_GAP_MS || startTime - first > SHIFT_WINDOW_MS) {
      score = 0;
      first = startTime;
    }
    last = startTime;
    score += value;
    worst = Math.max(worst, score);
  };

  const observers = ["layout-shift", "event", "first-input"].map((type) =>
    observeEntries(type, see, SHORTEST_EVENT_MS),
  );

  /** Returns the number of interactions of the document so far, including fast ones if the browser counts them. */
  const interactions = (): number => (performance as { interactionCount?: number }).interactionCount ?? seen;

  const end = (): void => {
    for (const observer of observers) observer.takeRecords().forEach(see as never);
    if (!view) return;
    // A browser with layout shifts supports all three types. A page that was never painted cannot shift.
    if (PerformanceObserver.supportedEntryTypes.includes("layout-shift") && firstEntry("paint"))
      report({ name: "CLS", value: worst, entries: [] }, view);
    const count = interactions() - before;
    const entry = slowest[Math.min(slowest.length - 1, Math.floor(count / INTERACTIONS_PER_OUTLIER))];
    if (entry) report({ name: "INP", value: entry.duration, entries: [entry] }, view);
    // Browsers report fast interactions only if they are the first of a document.
    else if (count > 0 && view.event.navigation)
      report({ name: "INP", value: FAST_EVENT_MS, entries: [] }, view);
    view = undefined;
  };

  return [
    (next) => {
      // The first view has no view to end. Entries seen so far belong to it.
      if (next.event.navigation) {
        end();
        worst = score = 0;
        slowest = [];
        before = interactions();
      }
      view = next;
    },
    end,
  ];
};

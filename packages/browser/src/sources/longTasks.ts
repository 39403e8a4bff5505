import type { Source } from "../source.ts";
import { observeEntries } from "./observeEntries.ts";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";

/** Milliseconds: lengths are rounded to it, so that a page that stutters sends few distinct ones. */
const STEP_MS = 10;

/** Reports each animation frame (where the browser knows only tasks, each task) of over 50 ms. */
export function longTasks(): Source {
  /** What began before is not told: it was, or the client was stopped. */
  let from = 0;
  return (page) => {
    const { supportedEntryTypes } = PerformanceObserver;
    const type = supportedEntryTypes.includes("long-animation-frame") ? "long-animation-frame" : "longtask";
    const end = observeEntries(
      type,
      page.guard((entry: AnimationFrame) => {
        if (entry.startTime < from) return;
        const party = partyOf(entry);
        const value = (Math.round(entry.duration / STEP_MS) * STEP_MS) / 1000;
        page.record({ type: "long_task", value, ...(party && { party }) });
      }),
    );
    return () => {
      end();
      from = performance.now();
    };
  };
}

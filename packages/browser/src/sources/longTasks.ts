import type { Source } from "../source.ts";
import { entrySource } from "./observeEntries.ts";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";

/** Milliseconds: lengths are rounded to it, so that a page that stutters sends few distinct ones. */
const STEP_MS = 10;

/** Reports each animation frame (where the browser knows only tasks, each task) of over 50 ms. */
export const longTasks = (): Source =>
  entrySource(
    () =>
      PerformanceObserver.supportedEntryTypes.includes("long-animation-frame")
        ? "long-animation-frame"
        : "longtask",
    (page, entry: AnimationFrame) => {
      const value = (Math.round(entry.duration / STEP_MS) * STEP_MS) / 1000;
      page.record({ type: "long_task", value, party: partyOf(entry)! });
    },
  );

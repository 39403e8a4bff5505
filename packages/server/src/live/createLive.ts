import type { Catalog } from "@rumkit/protocol";
import type { Recorder } from "../metrics/recorder.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createFeed, type Feed } from "./feed.ts";
import { describeFigures } from "./figures.ts";
import { createWindows } from "./windows.ts";

/** Makes the live half a sink of everything that is recorded: windows for the figures, frames for the viewers. */
export function createLive(catalog: Catalog, recorder: Recorder, scrub: Scrubber, now: () => number): Feed {
  const windows = createWindows();
  const feed = createFeed({
    app: catalog.app,
    figures: describeFigures(catalog, { windows, gauge: recorder.gauge }),
    totalOf: recorder.totalOf,
    totals: recorder.totals,
    scrub,
    now,
  });
  recorder.onCount((series) => {
    const add = windows.adderOf(series);
    if (!add) return feed.change;
    return (changed, value, times) => {
      add(Math.floor(now() / 1000), value, times, changed);
      feed.change(changed);
    };
  });
  // What a viewer has of a series that ended is 0 from now on, so that its sums stay right.
  recorder.onEnd(feed.change);
  return feed;
}

import type { ShownEvents } from "../base/shownEvents.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { Processes } from "../workers/processes.ts";
import type { SeenMoment, SeenMoments } from "./frame.ts";
import { createFrameAges } from "./frameAges.ts";
import { createFrameTaker, type FrameTaker } from "./frameTaker.ts";
import type { LiveRoleOptions } from "./liveRoleOptions.ts";
import type { Seen } from "./seenTap.ts";

export interface LiveRoleParts {
  readonly cluster: LiveRoleOptions;
  /** Joins the gauges of aggregators. */
  readonly processes: Pick<Processes, "take">;
  readonly tap: Seen;
  /** The totals of aggregators that the journal kept. */
  readonly saved: Iterable<SavedSeries>;
  readonly onFailure: (error: unknown) => void;
}

/** Counts the frames of all aggregators, for one live page. */
export function createLiveRole(
  { recorder, journal }: Pick<PartContext, "recorder" | "journal">,
  { cluster, processes, tap, saved, onFailure }: LiveRoleParts,
): Part & Pick<FrameTaker, "isCaughtUp"> {
  let number = 0;
  const ages = createFrameAges(recorder.record, Date.now);
  const { isCaughtUp, close } = createFrameTaker({
    ...cluster,
    recorder,
    journal,
    saved,
    onFrame: (frame) => {
      const { source, gauges, seen, isLast = false } = frame;
      number += 1;
      ages.see(frame);
      if (gauges || isLast)
        processes.take({ worker: source, number, series: [], gauges: gauges ?? [], isLast });
      if (seen) show(seen, tap);
    },
    onFailure,
    now: Date.now,
  });
  return { isReady: isCaughtUp, isCaughtUp, show: ages.show, close };
}

/** Shows what people read of an aggregator. */
function show({ moments, skipped, skippedErrors, vitals, releases }: SeenMoments, tap: Seen): void {
  const missing = typesOf(skipped);
  for (const [index, moment] of moments.entries())
    tap.events(toShown(moment, index === moments.length - 1 ? missing : []), moment.at);
  if (skippedErrors > 0) tap.skippedErrors(skippedErrors);
  for (const { device, metric, counted } of vitals)
    for (const [value, times] of counted) tap.vital(device, metric, value, times);
  releases.forEach(tap.release);
}

/** Events of a frame that were left out, at most: viewers see their number, and a frame may name any. */
const MAX_MISSING = 10_000;

function typesOf(skipped: SeenMoments["skipped"]): string[] {
  let room = MAX_MISSING;
  return Object.entries(skipped).flatMap(([type, count]) => {
    const times = Math.min(count, room);
    room -= times;
    return Array.from({ length: times }, () => type);
  });
}

/** @param missing The types of events that were left out: viewers see their number. */
function toShown({ events, errors }: SeenMoment, missing: readonly string[]): ShownEvents {
  return {
    length: events.length,
    errors: errors.length,
    errorTimes: errors.reduce((sum, { times }) => sum + times, 0),
    types: () => [...events.map(({ type }) => type), ...missing],
    describe: () => events,
    pageErrors: () => errors,
  };
}

import { slotFor, slotsFor } from "./ring.ts";
import type { AlertSource } from "./source.ts";
import { perMoment } from "./perMoment.ts";
import { createSumTrack, type SumTrack } from "./sumTrack.ts";

/** The share of the time in which the collector must have run: a restart may cost one tenth. */
const ANSWERED = 0.9;

/** Seconds before a window in which the collector must have run at least once. */
const START = 300;

/** Milliseconds between two samples above which the collector stood still, asleep or ended. It samples once a second. */
const STOOD_STILL_MS = 5_000;

const SECOND_MS = 1_000;

/** When the collector ran: what was not counted then did not happen. It is the metric `up` of Prometheus. */
export interface Presence {
  readonly track: () => SumTrack;
  need(seconds: number): void;
  sample(at: number): void;
  /** True if it is known whether the collector runs. */
  isKnown(): boolean;
  /** True if it runs now. */
  isUp(): boolean;
  /** Records that an earlier process ended at a moment. */
  resume(endedAt: number): void;
  /** True if it ran through the window that ended `ago` seconds before. */
  throughout(at: number, seconds: number, ago: number): boolean;
}

export function createPresence(source: AlertSource): Presence {
  const ages = new Set<number>([START]);
  let track: SumTrack | undefined;
  let up = Number.NaN;
  let last: number | undefined;
  const trackOf = (): SumTrack => (track ??= createSumTrack(slotsFor(ages)));
  return {
    track: trackOf,
    need: (seconds) => void ages.add(seconds + START),
    sample: (at) => {
      up = source.up?.() ?? 1;
      // A source that knows its own outages also has samples of them.
      if (!source.up && last !== undefined && at - last > STOOD_STILL_MS)
        trackOf().add(at - SECOND_MS, 0, Math.round((at - last) / SECOND_MS) - 1);
      last = at;
      if (!Number.isNaN(up)) trackOf().add(at, up, 1);
    },
    isKnown: () => !Number.isNaN(up),
    isUp: () => up > 0,
    resume: (endedAt) => {
      last = endedAt;
    },
    throughout: perMoment((at, seconds: number, ago: number) => {
      const to = at - ago * 1000;
      const from = to - seconds * 1000;
      const slot = slotFor(seconds + ago + START);
      const within = trackOf().over(from, to, slot);
      const start = trackOf().over(from - START * 1000, from, slot);
      return within.count > 0 && within.sum / within.count >= ANSWERED && start.sum >= 1;
    }),
  };
}

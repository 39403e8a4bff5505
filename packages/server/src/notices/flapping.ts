import type { AlertChange, Moment } from "../alerts/alert.ts";
import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";

/** Number of changes that are remembered for one alert. */
const MAX_TIMES = 200;

/**
 * Alerts that fire and resolve again and again. One begins to flap when it fires and has changed `changes` times within
 * `withinMs`; it ends when only a third of that remain, so that the boundary itself is not crossed again and again.
 */
export interface Flapping extends Pick<KeptMap<unknown>, "changes"> {
  /** Counts a change to firing or resolved. */
  note(change: AlertChange): void;
  /** Ends what is calm by now. Call it once for each evaluation. */
  settle(at: Moment): void;
  isFlapping(fingerprint: string): boolean;
  /** True until a notice says that it flaps. */
  isUnannounced(fingerprint: string): boolean;
  announce(fingerprint: string): void;
}

interface Flap {
  times: Moment[];
  isFlapping: boolean;
  isAnnounced: boolean;
}

export interface FlappingOptions {
  readonly changes: number;
  readonly withinMs: number;
}

export function createFlapping(state: KeptState, { changes, withinMs }: FlappingOptions): Flapping {
  const flaps = createKeptMap<Flap>(state, "notices/flapping", { times: ["number"] });
  const calm = changes / 3;
  return {
    note: ({ kind, at, alert: { fingerprint } }) => {
      if (kind !== "firing" && kind !== "resolved") return;
      const flap = flaps.get(fingerprint) ?? { times: [], isFlapping: false, isAnnounced: false };
      flap.times = [...flap.times.filter((time) => time > at - withinMs && time <= at), at].slice(-MAX_TIMES);
      if (kind === "firing" && flap.times.length >= changes) flap.isFlapping = true;
      flaps.set(fingerprint, flap);
    },
    settle: (at) => {
      for (const [fingerprint, flap] of flaps) {
        const times = flap.times.filter((time) => time > at - withinMs && time <= at);
        if (times.length === flap.times.length) continue;
        flaps.touch(fingerprint);
        flap.times = times;
        if (times.length <= calm) flap.isFlapping = flap.isAnnounced = false;
        if (times.length === 0) flaps.delete(fingerprint);
      }
    },
    isFlapping: (fingerprint) => flaps.get(fingerprint)?.isFlapping === true,
    isUnannounced: (fingerprint) => flaps.get(fingerprint)?.isAnnounced === false,
    announce: (fingerprint) => {
      const flap = flaps.get(fingerprint);
      if (!flap) return;
      flap.isAnnounced = true;
      flaps.touch(fingerprint);
    },
    changes: () => flaps.changes(),
  };
}

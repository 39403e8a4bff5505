import type { Moment } from "../alerts/alert.ts";
import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";

const HOUR_MS = 3_600_000;

/** `pass`: below the cap. `last`: the one that says that more are left out. `held`: left out. */
type FloodVerdict = "pass" | "last" | "held";

/** Limits the notices of one alert (of one rule, whatever its labels) in an hour. Resolves count, and are never held. */
export interface FloodCap extends Pick<KeptMap<unknown>, "changes"> {
  verdict(name: string, at: Moment): FloodVerdict;
  /** Counts a notice about these alerts. `last` names those for which it says that more are left out. */
  count(names: readonly string[], last: readonly string[], at: Moment): void;
}

interface Flood {
  /** The moments of the notices of the last hour, oldest first. */
  readonly times: readonly Moment[];
  /** True from the last notice until only half of the cap remain in the hour, so that it is not announced again and again. */
  readonly isOver: boolean;
}

export function createFloodCap(state: KeptState, max: number): FloodCap {
  const floods = createKeptMap<Flood>(state, "notices/floods", { times: ["number"], isOver: "flag" });
  const refresh = (name: string, at: Moment): Flood => {
    const flood = floods.get(name) ?? { times: [], isOver: false };
    // A clock that went back must not hold notices for longer than an hour.
    const times = flood.times.filter((time) => time > at - HOUR_MS && time <= at);
    const next = { times, isOver: flood.isOver && times.length > max / 2 };
    if (times.length < flood.times.length || next.isOver !== flood.isOver) {
      if (times.length === 0) floods.delete(name);
      else floods.set(name, next);
    }
    return next;
  };
  return {
    verdict: (name, at) => {
      const { isOver, times } = refresh(name, at);
      if (isOver) return "held";
      return times.length >= max ? "last" : "pass";
    },
    count: (names, last, at) => {
      for (const name of new Set(names)) {
        const { times, isOver } = refresh(name, at);
        // Resolves are not limited: beyond twice the cap, they need not be counted.
        const counted = times.length < max * 2 ? [...times, at] : times;
        floods.set(name, { times: counted, isOver: isOver || last.includes(name) });
      }
    },
    changes: () => floods.changes(),
  };
}

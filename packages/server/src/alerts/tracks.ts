import type { Objective } from "./objectiveCondition.ts";
import type { Readings } from "./readings.ts";
import type { SumTrack } from "./sumTrack.ts";
import type { Track } from "./track.ts";

/** A track of either kind. */
export type AnyTrack =
  | { readonly kind: "increases"; readonly track: Track }
  | { readonly kind: "sums"; readonly track: SumTrack };

/** All tracks of an engine, by names that stay the same over restarts. */
export interface Tracks {
  all(): Iterable<readonly [name: string, track: AnyTrack]>;
  /** Returns the track for a name of an earlier process; undefined if nothing reads it any more. */
  restore(name: string): AnyTrack | undefined;
  /** Bytes of the rings of all tracks. */
  bytes(): number;
}

const PRESENCE = "up";

export function tracksOf(readings: Readings, objectives: readonly Objective[]): Tracks {
  const all = function* (): Generator<readonly [string, AnyTrack]> {
    yield [PRESENCE, { kind: "sums", track: readings.presence.track() }];
    for (const { key, tracks } of readings.counters.values())
      for (const [group, track] of tracks)
        yield [JSON.stringify(["counter", key, group]), { kind: "increases", track }];
    for (const gauge of readings.gauges.values())
      if (gauge.isCounted())
        yield [JSON.stringify(["gauge", gauge.key]), { kind: "sums", track: gauge.track() }];
    for (const { name, sums } of objectives)
      for (const [group, each] of sums)
        for (const which of ["all", "bad"] as const)
          yield [JSON.stringify(["objective", name, group, which]), { kind: "sums", track: each[which] }];
  };
  return {
    all,
    restore: (name) => {
      if (name === PRESENCE) return { kind: "sums", track: readings.presence.track() };
      const [kind, key = "", group = "", which] = partsOf(name);
      if (kind === "counter") {
        const track = readings.counters.get(key)?.restore(group);
        return track && { kind: "increases", track };
      }
      if (kind === "gauge") {
        const gauge = readings.gauges.get(key);
        return gauge?.isCounted() ? { kind: "sums", track: gauge.track() } : undefined;
      }
      const objective = objectives.find((each) => each.name === key);
      if (!objective || (which !== "all" && which !== "bad")) return undefined;
      return { kind: "sums", track: objective.sumsOf(group)[which] };
    },
    bytes: () => [...all()].reduce((sum, [, { track }]) => sum + track.bytes, 0),
  };
}

/** The parts of a name that `all` has given. Of another text none. */
function partsOf(name: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(name);
    return Array.isArray(parts) && parts.every((part) => typeof part === "string") ? parts : [];
  } catch {
    return [];
  }
}

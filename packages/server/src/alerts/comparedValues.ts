import type { AlertRule } from "./rule.ts";
import type { Verdict, Verdicts } from "./condition.ts";
import { labelsOfGroup } from "./selector.ts";

/** Seconds between two values of a line. */
export const VALUE_STEP_SECONDS = 5;

/** Values of a line: 15 minutes, as the live page keeps of its figures. */
export const VALUE_STEPS = 180;

/** Maximum groups of a rule whose values are kept: 1.4 kB each. The worst ones displace others. */
const MOST_KEPT = 20;

/** The values of one group, which its rule compared. */
interface ComparedLine {
  readonly labels: Readonly<Record<string, string>>;
  /** True if the condition held when it was compared last. */
  readonly holds: boolean;
  /** `VALUE_STEPS` values, oldest first: the last one of each step. NaN: none was compared, or it was not kept. */
  readonly values: readonly number[];
}

/** The values of a rule. */
interface ComparedLines {
  /** Milliseconds since 1970 of the newest evaluation, to which the last values belong. */
  readonly at: number;
  /** Groups that have a value now, kept or not. */
  readonly groups: number;
  /** Those that hold first, then the worst. */
  readonly lines: readonly ComparedLine[];
}

/** Keeps the values that rules compared in the last 15 minutes, in memory: for charts of alerts. */
export interface ComparedValues {
  /** Takes the verdicts of a rule. Call it at each evaluation. */
  record(rule: AlertRule, verdicts: Verdicts, now: { readonly steady: number; readonly wall: number }): void;
  read(rule: AlertRule): ComparedLines;
}

interface Track {
  /** A ring: the value of step n is at n modulo its length. */
  readonly ring: Float64Array;
  verdict: Verdict | undefined;
}

interface Kept {
  readonly tracks: Map<string, Track>;
  /** The newest step that was recorded. */
  step: number;
  groups: number;
}

export function createComparedValues(): ComparedValues {
  const byRule = new Map<AlertRule, Kept>();
  let newest = { step: 0, wall: 0 };
  return {
    record: (rule, verdicts, { steady, wall }) => {
      const step = Math.floor(steady / (VALUE_STEP_SECONDS * 1000));
      newest = { step, wall };
      const kept = byRule.get(rule) ?? { tracks: new Map<string, Track>(), step, groups: 0 };
      byRule.set(rule, kept);
      const isNew = step > kept.step || kept.tracks.size === 0;
      forgetSteps(kept, step);
      kept.groups = verdicts.size;
      for (const [group, track] of kept.tracks) track.verdict = verdicts.get(group);
      if (isNew) takeUp(kept.tracks, verdicts, rule);
      for (const { ring, verdict } of kept.tracks.values())
        if (verdict) ring[step % VALUE_STEPS] = verdict.value;
    },
    read: (rule) => {
      const kept = byRule.get(rule);
      if (!kept) return { at: newest.wall, groups: 0, lines: [] };
      forgetSteps(kept, newest.step);
      const lines = [...kept.tracks]
        .filter(([, { ring }]) => ring.some((value) => !Number.isNaN(value)))
        .toSorted(([, a], [, b]) => compareVerdicts(a.verdict, b.verdict, rule))
        .map(([group, { ring, verdict }]) => ({
          labels: labelsOfGroup(rule.condition.by, group),
          holds: verdict?.holds === true,
          values: Array.from(
            { length: VALUE_STEPS },
            (_, index) => ring[(newest.step + 1 + index) % VALUE_STEPS]!,
          ),
        }));
      return { at: newest.wall, groups: kept.groups, lines };
    },
  };
}

/** Clears the places of the steps since the last one: a ring has values of 15 minutes ago there. */
function forgetSteps(kept: Kept, step: number): void {
  const count = Math.min(step - kept.step, VALUE_STEPS);
  for (let index = 0; index < count; index += 1)
    for (const { ring } of kept.tracks.values()) ring[(step - index) % VALUE_STEPS] = Number.NaN;
  kept.step = Math.max(kept.step, step);
}

/** Keeps groups that are new, if there is room or one that is kept is better. */
function takeUp(tracks: Map<string, Track>, verdicts: Verdicts, rule: AlertRule): void {
  for (const [group, verdict] of verdicts) {
    if (tracks.has(group)) continue;
    if (tracks.size >= MOST_KEPT) {
      const [best, { verdict: known }] = [...tracks].reduce((a, b) =>
        compareVerdicts(a[1].verdict, b[1].verdict, rule) < 0 ? b : a,
      );
      if (compareVerdicts(verdict, known, rule) >= 0) continue;
      tracks.delete(best);
    }
    tracks.set(group, { ring: new Float64Array(VALUE_STEPS).fill(Number.NaN), verdict });
  }
}

/** Below zero if the first is worse: one that holds, then the one farther on the side of the threshold. */
function compareVerdicts(a: Verdict | undefined, b: Verdict | undefined, { side }: AlertRule): number {
  if (!a || !b) return Number(!a) - Number(!b);
  const value = side === "above" ? b.value - a.value : a.value - b.value;
  return Number(b.holds) - Number(a.holds) || value;
}

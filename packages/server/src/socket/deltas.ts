import type { StreamTotals } from "@rumkit/protocol";
import { round } from "./view.ts";

/** Groups whose numbers are states: a first one has not grown from 0. */
const STATES: ReadonlySet<string> = new Set(["latency", "vitals"]);

/** Such numbers of other groups. */
const STATE_NAMES: ReadonlySet<string> = new Set(["hit_rate", "token_reuse_rate", "avg_prefix_length"]);

/**
 * Returns the changes from one state to another. A rate keeps its name, as clients of the protocol expect; any other
 * number gets the ending `_delta`.
 */
export function deltasOf(before: StreamTotals, after: StreamTotals): StreamTotals {
  const groups = Object.entries(after).map(([group, totals]) => {
    const earlier = before[group as keyof StreamTotals] ?? {};
    const changes = Object.entries(totals).flatMap(([name, value]) => {
      const was = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
      if (was === undefined && (STATES.has(group) || STATE_NAMES.has(name))) return [];
      return [[deltaName(name), round(value - (was ?? 0))] as const];
    });
    return [group, Object.fromEntries(changes)] as const;
  });
  return Object.fromEntries(groups);
}

function deltaName(name: string): string {
  return name.endsWith("_per_sec") ? name : `${name}_delta`;
}

/** Numbers of events by type. Never changed after it was created. */
export type EventCounts = Readonly<Record<string, number>>;

export const NO_EVENTS: EventCounts = {};

/** Counts the types of events. */
export function countTypes(types: readonly string[]): EventCounts {
  const counts: Record<string, number> = {};
  for (const type of types) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

export function addCounts(a: EventCounts, b: EventCounts): EventCounts {
  const sum: Record<string, number> = { ...a };
  for (const [type, count] of Object.entries(b)) sum[type] = (sum[type] ?? 0) + count;
  return sum;
}

/** Subtracts `b` from `a`, and leaves out each type of which none remains. */
export function subtractCounts(a: EventCounts, b: EventCounts): EventCounts {
  const entries = Object.entries(a).map(([type, count]) => [type, count - (b[type] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}

export function sumOfCounts(counts: EventCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

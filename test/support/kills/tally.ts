import { parseExposition } from "../scrape.ts";

/** The counts, as integers: money in minor units, sums of a histogram in 1/1024 s. */
export type Tally = Record<string, number>;

/** The families that writers decide, and by how much an exposed value is multiplied to be an integer. */
const FAMILIES: readonly (readonly [pattern: RegExp, scale: number])[] = [
  [/^rum_page_views_total\{/, 1],
  [/^rum_actions_total\{/, 1],
  [/^rum_conversions_total\{/, 1],
  [/^rum_conversion_value_total\{.*currency="EUR"/, 100],
  [/^rum_conversion_value_total\{.*currency="JPY"/, 1],
  [/^rum_effort_seconds_(bucket|count)/, 1],
  [/^rum_effort_seconds_sum/, 1024],
  [/^conversions_total/, 1],
  [/^revenue_total\{/, 100],
];

/** Reads what an exposition says of those families. */
export function readTally(exposition: string): Tally {
  const tally: Tally = {};
  for (const [series, value] of parseExposition(exposition)) {
    const scale = FAMILIES.find(([pattern]) => pattern.test(series))?.[1];
    if (scale !== undefined && value !== 0) tally[series] = exact(series, value, scale);
  }
  return tally;
}

/** Major units are decimal fractions: the double nearest to a whole number of minor ones, or something is wrong. */
function exact(series: string, value: number, scale: number): number {
  const units = Math.round(value * scale);
  if (units / scale !== value) throw new Error(`${series} is ${value}: no whole number of 1/${scale}.`);
  return units;
}

export function addTally(to: Tally, from: Tally): void {
  for (const [series, value] of Object.entries(from)) to[series] = (to[series] ?? 0) + value;
}

/** By how much `found` differs, series by series; nothing where they are equal. */
export function differences(found: Tally, expected: Tally): Tally {
  const series = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return Object.fromEntries(
    [...series]
      .map((name): [string, number] => [name, (found[name] ?? 0) - (expected[name] ?? 0)])
      .filter(([, difference]) => difference !== 0),
  );
}

import { currencyExponent } from "@rumkit/protocol";
import { type Family, OUTCOMES } from "./families.ts";
import type { Counters } from "./readCounters.ts";
import type { Expected, Tally } from "./tally.ts";

/** One number as it was sent and as it was counted; money in minor units. */
export interface Row extends Readonly<Expected> {
  readonly name: string;
  /** The increase of the collector's counters during the run. */
  readonly counted: number;
  /** Digits of the minor unit of money; 0 for other numbers. */
  readonly decimals: number;
}

/** Reasons with what the answers said and what the collector's counters say. */
interface ReasonRow {
  readonly name: string;
  readonly answered: number;
  readonly counted: number;
}

export interface Comparison {
  /** True if everything that was sent was counted, once, and nothing else was. */
  readonly isEqual: boolean;
  readonly rows: readonly Row[];
  readonly reasons: readonly ReasonRow[];
  /** True if the collector was started again during the run. */
  readonly hasRestarted: boolean;
}

/** Compares what was sent with the counters before and after. */
export function compare(
  tally: Tally,
  families: readonly Family[],
  before: Counters,
  after: Counters,
): Comparison {
  const grown = (name: string): number => after.total(name) - before.total(name);
  const row = (name: string, expected: Expected, samples: readonly string[]): Row => ({
    name,
    ...expected,
    counted: samples.reduce((sum, sample) => sum + grown(sample), 0),
    decimals: 0,
  });
  const hasRestarted = after.instance !== before.instance;
  const outcomes = [
    row("batches", tally.batches, [OUTCOMES.batches]),
    row("events", tally.events, [OUTCOMES.accepted]),
  ];
  const rows = [
    // A journal keeps what pages and the backend have counted, and not what a collector counts about itself.
    ...(hasRestarted ? [] : outcomes),
    ...families.map((family) => row(family.name, tally.families.get(family.name)!, family.samples)),
    ...moneyRows(tally, before, after),
  ].filter(({ sent, counted }) => sent !== 0 || counted !== 0);
  return {
    isEqual: rows.every(({ sent, counted }) => sent === counted),
    rows,
    reasons: [
      ...reasonRows("batches refused", tally.refused, growth(before, after, OUTCOMES.refused)),
      ...reasonRows("events rejected", tally.rejected, growth(before, after, OUTCOMES.rejected)),
      reason("batches sent again", tally.counts.duplicates, grown(OUTCOMES.duplicates)),
      reason("events of crawlers", tally.counts.bot, grown(OUTCOMES.bot)),
      reason("events left out for overload", tally.counts.overload, grown(OUTCOMES.overload)),
    ].filter(({ answered, counted }) => answered > 0 || counted > 0),
    hasRestarted,
  };
}

function moneyRows(tally: Tally, before: Counters, after: Counters): Row[] {
  const read = (counters: Counters): ReadonlyMap<string, number> => counters.by(OUTCOMES.money, "currency");
  const [earlier, later] = [read(before), read(after)];
  return [...new Set([...tally.money.keys(), ...later.keys()])].toSorted().map((currency) => {
    const decimals = currencyExponent(currency);
    const grown = (later.get(currency) ?? 0) - (earlier.get(currency) ?? 0);
    const expected = tally.money.get(currency) ?? { sent: 0, least: 0, most: 0 };
    // The exposition has major units, of which a double holds a fraction.
    return {
      name: `money in ${currency}`,
      ...expected,
      counted: Math.round(grown * 10 ** decimals),
      decimals,
    };
  });
}

/** The increase of a counter by its reason. */
function growth(before: Counters, after: Counters, name: string): ReadonlyMap<string, number> {
  const earlier = before.by(name, "reason");
  return new Map(
    [...after.by(name, "reason")].map(([label, value]) => [label, value - (earlier.get(label) ?? 0)]),
  );
}

/** Answers name a status before the reason: `403 origin_denied`. */
function reasonRows(
  name: string,
  answered: ReadonlyMap<string, number>,
  counted: ReadonlyMap<string, number>,
): ReasonRow[] {
  const answers = new Map<string, number>();
  for (const [why, count] of answered) {
    const label = why.replace(/^\d{3} /, "");
    answers.set(label, (answers.get(label) ?? 0) + count);
  }
  return [...new Set([...answers.keys(), ...counted.keys()])].map((label) =>
    reason(`${name}: ${label}`, answers.get(label) ?? 0, counted.get(label) ?? 0),
  );
}

function reason(name: string, answered: number, counted: number): ReasonRow {
  return { name, answered, counted };
}

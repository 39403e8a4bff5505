import { type PageEvent, toMinorUnits } from "@rumkit/protocol";
import type { Family } from "./families.ts";
import type { BatchOutcome } from "./outcome.ts";
import { createTimes, type Times } from "./quantiles.ts";

/** A number that was sent, and how much of it a collector should count if this run is the only sender. */
export interface Expected {
  sent: number;
  /** Acknowledged as counted in this run. */
  least: number;
  /** With those whose end is not known. */
  most: number;
}

/** Everything that a run has sent so far. */
export interface Tally {
  readonly visits: { begun: number; ended: number };
  readonly batches: Expected;
  readonly events: Expected;
  /** By name of the family. */
  readonly families: ReadonlyMap<string, Expected>;
  /** Minor units by currency. */
  readonly money: ReadonlyMap<string, Expected>;
  /** Requests by status, or `no answer`. */
  readonly requests: ReadonlyMap<string, number>;
  /** Refused batches by reason: `403 origin_denied`. */
  readonly refused: ReadonlyMap<string, number>;
  /** Events that answers name as rejected, by code. */
  readonly rejected: ReadonlyMap<string, number>;
  readonly counts: {
    unanswered: number;
    /** Batches that an earlier run had sent. */
    countedBefore: number;
    /** Answers that say `duplicate`. */
    duplicates: number;
    bot: number;
    overload: number;
  };
  readonly times: Times;
  request(status: number | undefined, ms: number): void;
  /** Notes a batch whose end is known. Call it once for each batch that was sent. */
  settle(events: readonly PageEvent[], outcome: BatchOutcome): void;
}

export function createTally(families: readonly Family[]): Tally {
  const nameOf = new Map(families.flatMap(({ name, types }) => types.map((type) => [type, name])));
  const expected = new Map(families.map(({ name }) => [name, nothing()]));
  const money = new Map<string, Expected>();
  const requests = new Map<string, number>();
  const refused = new Map<string, number>();
  const rejected = new Map<string, number>();
  const tally: Tally = {
    visits: { begun: 0, ended: 0 },
    batches: nothing(),
    events: nothing(),
    families: expected,
    money,
    requests,
    refused,
    rejected,
    counts: { unanswered: 0, countedBefore: 0, duplicates: 0, bot: 0, overload: 0 },
    times: createTimes(),
    request: (status, ms) => {
      add(requests, status === undefined ? "no answer" : String(status));
      if (status !== undefined) tally.times.add(ms);
    },
    settle: (events, outcome) => {
      const { batch, eventAt } = sharesOf(outcome);
      noteOutcome(tally, outcome, refused, rejected);
      expect(tally.batches, 1, batch);
      for (const [index, event] of events.entries()) {
        const share = eventAt(index);
        expect(tally.events, 1, share);
        expect(expected.get(nameOf.get(event.type)!)!, 1, share);
        const claim = claimOf(event);
        if (!claim) continue;
        const sum = money.get(claim.currency) ?? nothing();
        money.set(claim.currency, sum);
        expect(sum, claim.amount, share);
      }
    },
  };
  return tally;
}

type Share = "all" | "none" | "perhaps";

/** The share of a batch and of its events a collector should have counted. */
function sharesOf(outcome: BatchOutcome): { batch: Share; eventAt: (index: number) => Share } {
  if (outcome.kind === "unanswered") return { batch: "perhaps", eventAt: () => "perhaps" };
  if (outcome.kind === "refused" || isOfEarlierRun(outcome)) return { batch: "none", eventAt: () => "none" };
  const { rejected = [], overload = 0, bot = 0 } = outcome.answer;
  const refused = new Set(rejected.map(({ index }) => index));
  const others: Share = bot > 0 ? "none" : overload > 0 ? "perhaps" : "all";
  return { batch: "all", eventAt: (index) => (refused.has(index) ? "none" : others) };
}

/** True for a batch that was counted before this run sent it. */
function isOfEarlierRun(outcome: BatchOutcome): boolean {
  return outcome.kind === "counted" && outcome.answer.duplicate === true && outcome.attempts === 1;
}

function noteOutcome(
  { counts }: Pick<Tally, "counts">,
  outcome: BatchOutcome,
  refused: Map<string, number>,
  rejected: Map<string, number>,
): void {
  if (outcome.kind === "unanswered") counts.unanswered += 1;
  else if (outcome.kind === "refused") add(refused, outcome.why);
  else {
    const { answer } = outcome;
    if (answer.duplicate) counts.duplicates += 1;
    if (isOfEarlierRun(outcome)) counts.countedBefore += 1;
    for (const { code } of answer.rejected ?? []) add(rejected, code);
    counts.bot += answer.bot ?? 0;
    counts.overload += answer.overload ?? 0;
  }
}

function expect(expected: Expected, number: number, share: Share): void {
  expected.sent += number;
  if (share !== "none") expected.most += number;
  if (share === "all") expected.least += number;
}

function nothing(): Expected {
  return { sent: 0, least: 0, most: 0 };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The money of a conversion, in minor units. */
function claimOf(event: PageEvent): { readonly amount: number; readonly currency: string } | undefined {
  if (event.type !== "conversion") return undefined;
  const { value, currency } = event.details ?? {};
  if (typeof value !== "number" || typeof currency !== "string") return undefined;
  return { amount: toMinorUnits(value, currency), currency };
}

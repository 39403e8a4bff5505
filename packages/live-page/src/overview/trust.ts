import type { LiveTotal } from "@rumkit/protocol";

/** The state of the collector itself: how far its numbers can be trusted. */
export interface Trust {
  /** Events of pages and values of services that were counted. */
  readonly counted: number;
  /** Refused events and batches by reason, the most frequent first. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
  /** Batches that pages sent and the collector never got. */
  readonly lost: number;
  readonly isJournalFailing: boolean;
}

const COUNTED = ["rum_events_accepted_total", "rum_ingest_items_accepted_total"];

/** Families of what was refused, each by the label that says why. */
const REFUSED: Readonly<Record<string, string>> = {
  rum_batches_rejected_total: "reason",
  rum_events_rejected_total: "reason",
  rum_ingest_requests_rejected_total: "reason",
  rum_ingest_items_rejected_total: "reason",
  rum_tracked_events_rejected_total: "reason",
};

/** Reads it from the totals. */
export function readTrust(totals: ReadonlyMap<string, LiveTotal>): Trust {
  let counted = 0;
  let lost = 0;
  let isJournalFailing = false;
  const refused = new Map<string, number>();
  for (const { metric, labels, value } of totals.values()) {
    if (COUNTED.includes(metric)) counted += value;
    if (metric === "rum_batches_lost_total") lost += value;
    if (metric === "rum_journal_failing" && value > 0) isJournalFailing = true;
    const reason = labels[REFUSED[metric] ?? ""];
    if (reason !== undefined && value > 0) refused.set(reason, (refused.get(reason) ?? 0) + value);
  }
  return {
    counted,
    refused: [...refused].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
    lost,
    isJournalFailing,
  };
}

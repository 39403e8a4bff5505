import { LONG, SHORT } from "./alertWindows.ts";
import type { AlertDuration } from "@rumkit/protocol";
import type { ValueFormat } from "./alertTexts.ts";
import { WITHOUT_AMOUNT } from "./describeCatalogMetrics.ts";
import { pushAlerts } from "./pushAlerts.ts";
import { refusalAlerts } from "./refusalAlerts.ts";

/** Events of a counter, or observations of a histogram, of some of its series. */
export interface Counted {
  readonly metric: string;
  /** Values of one label that count. */
  readonly only?: { readonly label: string; readonly values: readonly string[] };
  /** A value of one label that does not count. */
  readonly except?: { readonly label: string; readonly value: string };
}

/** The condition of an alert about the collector. */
export type CollectorCondition =
  | {
      readonly gauge: string;
      readonly above?: number;
      readonly below?: number;
      /** Only while this gauge is above 0. */
      readonly while?: string;
    }
  | {
      /** A histogram; the share of its observations that are at most `within`, a bucket edge. */
      readonly share: string;
      readonly within: number;
      readonly below: number;
      readonly over: AlertDuration;
      readonly atLeast: number;
    }
  | {
      readonly increase: string;
      readonly by: readonly string[];
      readonly above: number;
      readonly over: AlertDuration;
    }
  | {
      readonly part: Counted;
      /** The sum to divide by. */
      readonly all: readonly Counted[];
      readonly above: number;
      readonly over: AlertDuration;
      /** Minimum events of the part, or of all. */
      readonly atLeast: { readonly part: number } | { readonly all: number };
    };

/** An alert about the collector itself, as Prometheus' rules and the collector's engine have it. */
export interface CollectorAlert {
  readonly when: CollectorCondition;
  /** True for an alert about one process: its text can name the `{instance}`. Default: about the app. */
  readonly ofProcess?: true;
  readonly for: AlertDuration;
  readonly keepFiringFor?: AlertDuration;
  readonly severity: "critical" | "warning" | "info";
  /** `{value}` is the value, `{instance}` the process, `{metric}` a label of the condition's `by`. */
  readonly summary: string;
  readonly description: string;
  /** The form of the value. */
  readonly format: ValueFormat;
}

/** Folded samples in half an hour that do not justify an alert: fewer come from a scanner that tried some paths. */
const MAX_FOLDED = 100;

/** A hundredth of all events: from there on the numbers are visibly too low. */
const MAX_SHED = 0.01;

/** Minimum events of a share: with fewer, one would be more than a hundredth. */
const MIN_EVENTS = 100;

/** A twentieth: old pages occasionally send names that were removed from the catalog. */
const MAX_REJECTED = 0.05;

/** Seconds that an entry may wait for the disk: the default limit of `/readyz`. A sync takes milliseconds. */
const MAX_WAITING = 5;

/** A bucket edge of commits: half a second is a hundred times what a disk takes, and a page waits for it. */
const SLOW_COMMIT = 0.5;

/** The fraction of commits that must be faster: nine in ten. */
const FAST_COMMITS = 0.9;

/** Minimum commits: with fewer, two slow commits in a row would be more than one in ten. */
const MIN_COMMITS = 20;

/** 256 MiB: four times the default of `/readyz`, so that there is time to act. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

const stateOfProcess: Readonly<Record<string, CollectorAlert>> = {
  CollectorNotReady: {
    when: { gauge: "rum_ready", below: 1 },
    ofProcess: true,
    for: "2m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "{instance} has not been ready for two minutes.",
    description:
      "Load balancers send it no requests. GET /readyz has the reason: the journal fails or waits, its disk is nearly full, or it drains and does not end.",
    format: "number",
  },
  JournalFailing: {
    when: { gauge: "rum_journal_failing", above: 0 },
    ofProcess: true,
    for: "1m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "{instance} cannot write to its journal.",
    description:
      "Batches are refused with 503, and pages send them again later. rum_journal_errors_total and GET /readyz name the reason, the collector's log explains it; it recovers by itself when the disk does.",
    format: "number",
  },
  JournalStalled: {
    when: { gauge: "rum_journal_waiting_seconds", above: MAX_WAITING },
    ofProcess: true,
    for: "1m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "entries of {instance} wait for the disk for {value}.",
    description:
      "Batches are answered only once they are stored, so pages wait as long. Check the disk of the journal: a sync may hang, or a network disk may be gone.",
    format: "seconds",
  },
  JournalSlow: {
    when: {
      share: "rum_journal_commit_seconds",
      within: SLOW_COMMIT,
      below: FAST_COMMITS,
      over: SHORT,
      atLeast: MIN_COMMITS,
    },
    ofProcess: true,
    for: "5m",
    keepFiringFor: "10m",
    severity: "warning",
    summary: `only {value} of the commits of {instance} take ${SLOW_COMMIT} s or less.`,
    description: `Measured over ${SHORT} with ${MIN_COMMITS} commits or more. A commit is one sync: check for other programs that write to that disk, and for a disk that slows down when its I/O credit is used up.`,
    format: "share",
  },
  JournalDiskNearlyFull: {
    // A journal in memory has no disk; all its metrics are 0.
    when: { gauge: "rum_journal_disk_free_bytes", below: MIN_FREE_BYTES, while: "rum_journal_bytes" },
    ofProcess: true,
    for: "5m",
    severity: "warning",
    summary: "the journal's disk of {instance} has {value}B left.",
    description:
      "When it is full, batches are refused with 503. Free space, or move the journal: rum_journal_bytes is its own size.",
    format: "bytes",
  },
};

/** Of all receivers, so that their number is the value. One failed attempt is followed by another within seconds. */
const receiverFailing: CollectorAlert = {
  when: { gauge: "rum_alert_receiver_failing", above: 0 },
  ofProcess: true,
  for: "5m",
  keepFiringFor: "5m",
  severity: "critical",
  summary: "{instance} cannot deliver notices to {value} of its receivers.",
  description:
    "Notices of alerts wait in a queue, and people do not learn of them. rum_alert_receiver_failing names the receiver, the view Alerts of the live page has its last error.",
  format: "number",
};

const lostEvents: Readonly<Record<string, CollectorAlert>> = {
  SeriesFolding: {
    when: { increase: "rum_series_folded_total", by: ["metric"], above: MAX_FOLDED, over: LONG },
    for: "5m",
    severity: "warning",
    summary: "{metric} has more label values than its budget allows.",
    description: `{value} samples of the last ${LONG} count under __other__; sums are exact. GET /api/rumkit/cardinality names the label and its values: declare patterns for them, remove them, or raise the budget.`,
    format: "number",
  },
  EventsShed: {
    when: {
      part: { metric: "rum_events_overload_total" },
      all: [{ metric: "rum_events_received_total" }],
      above: MAX_SHED,
      over: SHORT,
      atLeast: { all: MIN_EVENTS },
    },
    for: "2m",
    keepFiringFor: "10m",
    severity: "warning",
    summary: "{value} of events are dropped, because there are too many.",
    description: `Clicks go first, conversions and errors last; rum_overload_level has the level. Measured over ${SHORT} with ${MIN_EVENTS} events or more. Give the collector a processor or a faster disk, or sample in the pages.`,
    format: "share",
  },
};

const rejected: CollectorAlert = {
  when: {
    part: { metric: "rum_events_rejected_total" },
    all: [{ metric: "rum_events_received_total" }],
    above: MAX_REJECTED,
    over: LONG,
    atLeast: { all: MIN_EVENTS },
  },
  for: "10m",
  keepFiringFor: "15m",
  severity: "warning",
  summary: "{value} of events are rejected.",
  description: `Pages and catalog disagree, or events are forged: rum_events_rejected_total has the reasons, POST /collect/validate explains a batch. Measured over ${LONG} with ${MIN_EVENTS} events or more.`,
  format: "share",
};

/** Only conversions of the backend, because claims of pages are not revenue, and strangers can send them. */
const withoutAmount: CollectorAlert = {
  when: { increase: WITHOUT_AMOUNT, by: ["conversion", "reason"], above: 0, over: LONG },
  for: "1m",
  severity: "warning",
  summary: "{conversion} is counted without its money ({reason}).",
  description: `Revenue is too low by what these conversions of the last ${LONG} were worth. The app passes an invalid amount, or a currency that the catalog does not list: its process warns about them with the code RUMKIT_REJECTED.`,
  format: "number",
};

/**
 * Returns the alerts about a collector that the collector itself can evaluate, by their names without the app's. Those about
 * its scrapes need Prometheus.
 *
 * @param has True for a metric that the collector has.
 */
export function collectorAlertsOf(has: (metric: string) => boolean): Record<string, CollectorAlert> {
  return {
    ...stateOfProcess,
    ...lostEvents,
    ...refusalAlerts,
    EventsRejected: rejected,
    ...(has("rum_alert_receiver_failing") && { ReceiverFailing: receiverFailing }),
    ...(has("rum_push_requests_total") && pushAlerts),
    ...(has(WITHOUT_AMOUNT) && { ConversionsWithoutAmount: withoutAmount }),
  };
}

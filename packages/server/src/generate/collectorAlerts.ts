import { WITHOUT_AMOUNT } from "../metrics/describeCatalogMetrics.ts";
import { type AlertSpec, renderAlertRule } from "./alertRule.ts";
import {
  allOf,
  type Expression,
  isAbove,
  isAtLeast,
  isBelow,
  ratioOf,
  type Sum,
  sumBy,
} from "./expression.ts";
import type { Promql, Window } from "./promql.ts";
import type { YamlMap } from "./yaml.ts";

/** What one process is: whoever is called has to know which. */
const PROCESS = ["job", "instance"];

/** Seconds that an entry may wait for the disk: where `/readyz` says no by default. A sync takes milliseconds. */
const MAX_WAITING = 5;

/** A bucket edge of commits: half a second is a hundred times what a disk takes, and a page waits for it. */
const SLOW_COMMIT = 0.5;

/** The share of commits that may be slower: one of ten. */
const FAST_COMMITS = 0.9;

/** Commits at least: with fewer, a slow one and its neighbour would be more than one of ten. */
const MIN_COMMITS = 20;

/** 256 MiB: four times what `/readyz` asks for by default, so that there is time to act. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** Samples at least that folded in half an hour: less is a scanner that tried some paths. */
const MIN_FOLDED = 100;

/** A hundredth of what came: from there on figures are visibly too low. */
const MAX_SHED = 0.01;

/** Events, or requests, at least that a share is made of: with fewer, one would be more than a hundredth. */
const MIN_EVENTS = 100;

/** Requests that the collector itself could not serve, at least: a disk that stops for a moment costs a few. */
const MIN_REFUSED = 20;

/** A twentieth: now and then an old page names what the catalogue has lost. */
const MAX_REJECTED = 0.05;

/** A tenth: strangers try, but not as often as the pages of an app send. */
const MAX_STRANGERS = 0.1;

/** Long enough for 30 scrapes of 10 s. */
const SHORT: Window = "5m";

/** Pages of one app send rarely: half an hour has enough of them to speak of a share. */
const LONG: Window = "30m";

/** What the collector could not do, however right the batch was; not `draining`, which is every restart. */
const OWN_FAULTS = /overload|journal_failed/;

/** Where a page of ours would be refused if the configuration were wrong. */
const NOT_LET_IN = /bad_key|origin_denied|unknown_app/;

/**
 * Alerts about the collector itself, the same for every app: whether what pages send is kept, and whether what
 * is shown is all of it. An instance that is gone says nothing at all: that is Prometheus' own `up == 0`.
 */
export function renderCollectorAlerts(promql: Promql, app: string): YamlMap[] {
  return Object.entries(describeAlerts(promql)).map(([name, spec]) => renderAlertRule(name, { app }, spec));
}

function describeAlerts(promql: Promql): Record<string, AlertSpec> {
  return {
    CollectorNotReady: notReady(promql),
    ...journalAlerts(promql),
    SeriesFolding: folding(promql),
    EventsShed: shed(promql),
    BatchesNotServed: notServed(promql),
    BatchesNotLetIn: notLetIn(promql),
    EventsRejected: rejected(promql),
    ...(promql.has(WITHOUT_AMOUNT) && { ConversionsWithoutAmount: withoutAmount(promql) }),
  };
}

function notReady(promql: Promql): AlertSpec {
  return {
    condition: isBelow(gauge(promql, "rum_ready"), 1),
    wait: "2m",
    severity: "critical",
    summary: "{{ $labels.instance }} has not been ready for two minutes.",
    description:
      "Load balancers send it nothing. GET /readyz says why: the journal fails or waits, its disk is nearly full, or it drains and does not end.",
  };
}

function journalAlerts(promql: Promql): Record<string, AlertSpec> {
  const commits = promql.observations("rum_journal_commit_seconds", SHORT, PROCESS);
  return {
    JournalFailing: {
      condition: isAbove(gauge(promql, "rum_journal_failing"), 0),
      wait: "1m",
      severity: "critical",
      summary: "the journal of {{ $labels.instance }} keeps nothing.",
      description:
        "Batches are refused with 503, and pages send them again later. rum_journal_errors_total and GET /readyz name the reason, docs/journal.md says what to do about each; it goes on by itself when the disk does.",
    },
    JournalStalled: {
      condition: isAbove(gauge(promql, "rum_journal_waiting_seconds"), MAX_WAITING),
      wait: "1m",
      severity: "critical",
      summary: "entries of {{ $labels.instance }} wait for the disk for {{ $value | humanizeDuration }}.",
      description:
        "Nothing is answered that is not kept, so pages wait as long. Look at the disk of the journal: a sync that hangs, a network disk that is gone.",
    },
    JournalSlow: {
      condition: allOf(
        isBelow(promql.shareBelow("rum_journal_commit_seconds", SLOW_COMMIT, SHORT, PROCESS), FAST_COMMITS),
        isAtLeast(commits, MIN_COMMITS),
      ),
      wait: "5m",
      severity: "warning",
      summary: `only {{ $value | humanizePercentage }} of the commits of {{ $labels.instance }} take ${SLOW_COMMIT} s or less.`,
      description: `Measured over ${SHORT} with ${MIN_COMMITS} commits or more. A commit is one sync: who else writes to that disk, and does it slow down when its credit is used up?`,
    },
    JournalDiskNearlyFull: {
      condition: allOf(
        isBelow(gauge(promql, "rum_journal_disk_free_bytes"), MIN_FREE_BYTES),
        // A journal in memory has no disk, and says 0 of everything.
        isAbove(gauge(promql, "rum_journal_bytes"), 0),
      ),
      wait: "5m",
      severity: "warning",
      summary: "the journal's disk of {{ $labels.instance }} has {{ $value | humanize1024 }}B left.",
      description:
        "When it is full, batches are refused with 503. Make room, or move the journal: rum_journal_bytes is what it takes itself.",
    },
  };
}

function folding(promql: Promql): AlertSpec {
  const folded = sumBy(["job", "metric"], promql.increase("rum_series_folded_total", LONG));
  return {
    condition: isAtLeast(folded, MIN_FOLDED),
    wait: "5m",
    severity: "warning",
    summary: "{{ $labels.metric }} has more label values than it may have.",
    description: `{{ $value | humanize }} samples of the last ${LONG} count under __other__; sums are exact. GET /api/cardinality names the label and its values: declare patterns for them, take them out, or raise the budget.`,
  };
}

function shed(promql: Promql): AlertSpec {
  const received = eventsOf(promql, "rum_events_received_total", SHORT);
  return {
    condition: allOf(
      isAbove(ratioOf(eventsOf(promql, "rum_events_overload_total", SHORT), received), MAX_SHED),
      isAtLeast(received, MIN_EVENTS),
    ),
    wait: "2m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of events are left out, because there are too many.",
    description: `Clicks go first, conversions and errors last; rum_overload_level says how far it is. Measured over ${SHORT} with ${MIN_EVENTS} events or more. Give it a processor or a faster disk, or sample in the pages.`,
  };
}

function notServed(promql: Promql): AlertSpec {
  const refused = refusals(promql, SHORT, OWN_FAULTS);
  return {
    condition: allOf(
      isAbove(ratioOf(refused, requests(promql, SHORT)), MAX_SHED),
      isAtLeast(refused, MIN_REFUSED),
    ),
    wait: "2m",
    severity: "critical",
    summary: "{{ $value | humanizePercentage }} of batches are refused by the collector's own fault.",
    description: `Overload or the journal, as rum_batches_rejected_total says by reason. Pages send them again, for a day at most. Measured over ${SHORT} with ${MIN_REFUSED} of them or more.`,
  };
}

function notLetIn(promql: Promql): AlertSpec {
  const all = requests(promql, LONG);
  return {
    condition: allOf(
      isAbove(ratioOf(refusals(promql, LONG, NOT_LET_IN), all), MAX_STRANGERS),
      isAtLeast(all, MIN_EVENTS),
    ),
    wait: "10m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of batches are refused for their origin, key or app.",
    description: `A new domain that allowedOrigins lacks, a write key that was taken back too early, or strangers: rum_batches_rejected_total says which by reason. Measured over ${LONG} with ${MIN_EVENTS} requests or more.`,
  };
}

function rejected(promql: Promql): AlertSpec {
  const received = eventsOf(promql, "rum_events_received_total", LONG);
  return {
    condition: allOf(
      isAbove(ratioOf(eventsOf(promql, "rum_events_rejected_total", LONG), received), MAX_REJECTED),
      isAtLeast(received, MIN_EVENTS),
    ),
    wait: "10m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of events are rejected.",
    description: `Pages and catalogue disagree, or somebody makes events up: rum_events_rejected_total says why by reason, POST /collect/validate explains a batch. Measured over ${LONG} with ${MIN_EVENTS} events or more.`,
  };
}

/** Of the backend alone: what pages claim is no revenue, and strangers can send it. */
function withoutAmount(promql: Promql): AlertSpec {
  const counted = sumBy(["job", "conversion", "reason"], promql.increase(WITHOUT_AMOUNT, LONG));
  return {
    condition: isAbove(counted, 0),
    wait: "1m",
    severity: "warning",
    summary: "{{ $labels.conversion }} is counted without its money ({{ $labels.reason }}).",
    description: `Revenue is too low by what these conversions of the last ${LONG} were worth. The app gives an amount that is no money, or a currency that the catalog does not list: its process warns of them with the code RUMKIT_REJECTED.`,
  };
}

function gauge(promql: Promql, metric: string): Expression {
  return sumBy(PROCESS, promql.gauge(metric));
}

function eventsOf(promql: Promql, metric: string, window: Window): Sum {
  return sumBy(["job"], promql.increase(metric, window));
}

function refusals(promql: Promql, window: Window, reason: RegExp): Sum {
  return sumBy(["job"], promql.increase("rum_batches_rejected_total", window, { reason }));
}

/** Every request to `/collect` is timed, whatever becomes of it. */
function requests(promql: Promql, window: Window): Sum {
  return promql.observations("rum_collect_duration_seconds", window, ["job"]);
}

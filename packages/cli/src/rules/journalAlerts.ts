import type { AlertSpec } from "./alertRule.ts";
import { allOf, type Condition, isAbove, isAtLeast, isBelow } from "../promql/condition.ts";
import { type Expression, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import type { Window } from "../promql/window.ts";

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

/** Long enough for 30 scrapes of 10 s. */
const WINDOW: Window = "5m";

/** Renders the alerts about the journal, for each process. */
export function journalAlerts(promql: Promql): Record<string, AlertSpec> {
  return {
    JournalFailing: {
      condition: isAbove(gauge(promql, "rum_journal_failing"), 0),
      wait: "1m",
      keepFiring: "5m",
      severity: "critical",
      summary: "{{ $labels.instance }} cannot write to its journal.",
      description:
        "Batches are refused with 503, and pages send them again later. rum_journal_errors_total and GET /readyz name the reason, the collector's log explains it; it recovers by itself when the disk does.",
    },
    JournalStalled: {
      condition: isAbove(gauge(promql, "rum_journal_waiting_seconds"), MAX_WAITING),
      wait: "1m",
      keepFiring: "5m",
      severity: "critical",
      summary: "entries of {{ $labels.instance }} wait for the disk for {{ $value | humanizeDuration }}.",
      description:
        "Batches are answered only once they are stored, so pages wait as long. Check the disk of the journal: a sync may hang, or a network disk may be gone.",
    },
    JournalSlow: {
      condition: areCommitsSlow(promql),
      wait: "5m",
      keepFiring: "10m",
      severity: "warning",
      summary: `only {{ $value | humanizePercentage }} of the commits of {{ $labels.instance }} take ${SLOW_COMMIT} s or less.`,
      description: `Measured over ${WINDOW} with ${MIN_COMMITS} commits or more. A commit is one sync: check for other programs that write to that disk, and for a disk that slows down when its I/O credit is used up.`,
    },
    JournalDiskNearlyFull: {
      condition: allOf(
        isBelow(gauge(promql, "rum_journal_disk_free_bytes"), MIN_FREE_BYTES),
        // A journal in memory has no disk; all its metrics are 0.
        isAbove(gauge(promql, "rum_journal_bytes"), 0),
      ),
      wait: "5m",
      severity: "warning",
      summary: "the journal's disk of {{ $labels.instance }} has {{ $value | humanize1024 }}B left.",
      description:
        "When it is full, batches are refused with 503. Free space, or move the journal: rum_journal_bytes is its own size.",
    },
  };
}

function areCommitsSlow(promql: Promql): Condition {
  const commits = "rum_journal_commit_seconds";
  return allOf(
    isBelow(promql.shareBelow(commits, SLOW_COMMIT, WINDOW, promql.process), FAST_COMMITS),
    isAtLeast(promql.observations(commits, WINDOW, promql.process), MIN_COMMITS),
  );
}

function gauge(promql: Promql, metric: string): Expression {
  return sumBy(promql.process, promql.gauge(metric));
}

import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Journal, JournalError, JournalErrorCode } from "./journal.ts";

/** The codes with which an open journal can fail: full documents refuse one write and nothing else. A record, so that a missing code is a compile error. */
const reasons: Record<Exclude<JournalErrorCode, "documents_full">, true> = {
  disk_full: true,
  read_only: true,
  io_error: true,
  locked: true,
  corrupt: true,
  not_a_journal: true,
  newer_schema: true,
  older_schema: true,
  sqlite_too_old: true,
  lost_tail: true,
  missing: true,
  other_app: true,
  behind: true,
  closed: true,
  thread_ended: true,
};

export const JOURNAL_FAILURES = Object.keys(reasons) as JournalErrorCode[];

/** 0.25 ms to 2.5 s: an NVMe disk syncs in less than 1 ms, a busy network disk in tens of milliseconds. */
const COMMIT_BUCKETS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

/** Describes the metrics of a journal. A journal in memory leaves all of them at 0. */
export function describeJournalMetrics(): MetricDescriptor[] {
  return [
    {
      ...gauge(
        "rum_journal_commit_seconds",
        "Time of a journal transaction, including its sync to the disk.",
      ),
      type: "histogram",
      unit: "seconds",
      buckets: COMMIT_BUCKETS,
    },
    gauge("rum_journal_pending_entries", "Accepted entries that are not durable yet."),
    {
      ...gauge("rum_journal_waiting_seconds", "Age of the oldest entry that is not durable yet."),
      unit: "seconds",
      acrossProcesses: "max",
    },
    { ...gauge("rum_journal_bytes", "Size of the journal on its disk."), unit: "bytes" },
    { ...gauge("rum_journal_log_bytes", "Size of the log that a start would replay."), unit: "bytes" },
    {
      ...gauge("rum_journal_disk_free_bytes", "Free space on the journal's disk."),
      unit: "bytes",
      acrossProcesses: "min",
    },
    {
      ...gauge("rum_journal_failing", "1 while the journal cannot keep anything, else 0."),
      acrossProcesses: "max",
    },
    {
      ...gauge(
        "rum_journal_errors_total",
        "Failures of the journal. After a failure, it keeps nothing until it recovers.",
      ),
      type: "counter",
      labels: ["reason"],
      known: labelSets({ reason: Object.keys(reasons) }),
      maxSeries: Object.keys(reasons).length,
    },
  ];
}

/**
 * Records the metrics of a journal: each transaction as it happens, and its state whenever the returned function is
 * called.
 */
export function watchJournal(
  journal: Journal,
  record: RecordSample,
  onFailing: (failed: JournalError) => void,
): () => void {
  journal.onCommit?.(({ seconds, failed }) => {
    if (failed) {
      record({ metric: "rum_journal_errors_total", labels: { reason: failed.code }, value: 1 });
      onFailing(failed);
    } else record({ metric: "rum_journal_commit_seconds", labels: {}, value: seconds });
  });
  return () => {
    const state = journal.state?.();
    if (!state) return;
    const set = (metric: string, value: number): void => record({ metric, labels: {}, value });
    set("rum_journal_pending_entries", state.pendingEntries);
    set("rum_journal_waiting_seconds", state.waitingMs / 1000);
    set("rum_journal_bytes", state.bytes);
    set("rum_journal_log_bytes", state.logBytes);
    set("rum_journal_disk_free_bytes", state.freeBytes);
    set("rum_journal_failing", state.failing ? 1 : 0);
  };
}

function gauge(name: string, help: string): MetricDescriptor {
  return {
    name,
    type: "gauge",
    help,
    unit: "none",
    side: "collector",
    labels: [],
    known: [{}],
    maxSeries: 1,
  };
}

import type { RecordSample } from "../metrics/sample.ts";
import type { Journal } from "./journal.ts";
import type { JournalError } from "./journalError.ts";

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

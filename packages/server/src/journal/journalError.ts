/**
 * The reason why a journal cannot keep anything, or cannot be opened. Stable: programs may match on it.
 *
 * `disk_full`, `read_only`, `io_error`: the disk fails. `locked`: another process has the file open. `corrupt`: the
 * file is damaged. `not_a_journal`, `newer_schema`, `older_schema`, `sqlite_too_old`: the file or SQLite does not fit.
 * `lost_tail`: the file lacks acknowledged entries after a fault. `missing`: the file itself is gone. `other_app`: the
 * journal belongs to another app. `behind`: too many entries wait for the disk. `closed`: the journal was closed.
 * `thread_ended`: the thread that writes has ended.
 */
export type JournalErrorCode =
  | "disk_full"
  | "read_only"
  | "io_error"
  | "locked"
  | "corrupt"
  | "not_a_journal"
  | "newer_schema"
  | "older_schema"
  | "sqlite_too_old"
  | "lost_tail"
  | "missing"
  | "other_app"
  | "behind"
  | "closed"
  | "thread_ended";

/** The message names the file, the reason, and what to do. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "JournalError";
    this.code = code;
  }
}

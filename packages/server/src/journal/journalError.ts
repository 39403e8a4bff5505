/**
 * Why a journal cannot keep anything, or cannot be opened. Stable: programs may match on it.
 *
 * `disk_full`, `read_only`, `io_error`: the disk. `locked`: another process has the file open. `corrupt`: the file
 * is damaged. `not_a_journal`, `newer_schema`, `older_schema`, `sqlite_too_old`: the file or SQLite does not fit. `lost_tail`: after
 * a fault the file lacks what was acknowledged. `missing`: the file itself is gone. `other_app`: it counts for another
 * app. `behind`: more waits than may wait. `closed`: it was closed.
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

/** Its message says why nothing can be kept, which file it is about, and what to do. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "JournalError";
    this.code = code;
  }
}

/**
 * Why the spool did not keep a message. Stable: programs may match on it.
 *
 * `full`: it has as many bytes as `maxSpoolBytes` allows. `disk_full`, `io_error`: its disk fails. `behind`: too many bytes
 * wait for the disk. `closed`: the collector has stopped. `locked`: another process uses the folder. `not_a_spool`: the
 * folder cannot be used.
 */
export type SpoolErrorCode =
  | "full"
  | "disk_full"
  | "io_error"
  | "behind"
  | "closed"
  | "locked"
  | "not_a_spool";

/** The message names the folder, the reason, and what to do. */
export class SpoolError extends Error {
  readonly code: SpoolErrorCode;

  constructor(code: SpoolErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SpoolError";
    this.code = code;
  }
}

/** Returns the error of a disk. */
export function diskError(folder: string, error: unknown): SpoolError {
  if (error instanceof SpoolError) return error;
  const { code } = error as { readonly code?: string };
  const message = error instanceof Error ? error.message : String(error);
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const advice = isFull
    ? "Free some space on its disk; the spool continues automatically."
    : "Check the disk, and that this user may write to the folder; the spool tries again automatically.";
  return new SpoolError(
    isFull ? "disk_full" : "io_error",
    `[rumkit] The spool ${folder}: ${message}. ${advice}`,
    error,
  );
}

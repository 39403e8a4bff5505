import { pino } from "pino";
import { createLineBucket } from "./lineBucket.ts";
import type { Log } from "./log.ts";

export interface LogOptions {
  /** The least important level that is written. Default `"info"`. */
  readonly level?: "info" | "warn" | "error" | "silent" | undefined;
  /** Takes whole lines, each with its newline. Default the standard output. */
  readonly destination?: { write(line: string): unknown } | undefined;
}

/** A log that somebody has to close. */
interface OwnLog extends Log {
  /** Writes what is still held back. Returns when it is written, where it goes to the standard output. */
  readonly close: () => void;
}

/**
 * Bytes that wait for a reader of the standard output at most. A reader that stands still costs lines, not the
 * collector's memory.
 */
const MAX_WAITING = 1024 * 1024;

/** Milliseconds after which a flood that ended is told. */
const SETTLE_MS = 1_000;

/**
 * Creates a log of JSON lines: `{"level":"error","time":"2026-…Z","kind":"page_error",…,"msg":"…"}`.
 *
 * Control characters are escaped, so that no text from a page begins a line of its own. At most 200 lines come
 * at once and 50 a second after that; a line says how many there would have been more.
 */
export function createLog({ level = "info", destination }: LogOptions = {}): OwnLog {
  const standard = destination ? undefined : standardOutput();
  const logger = pino(
    {
      level,
      // Neither process id nor host name: whoever ships the lines knows both.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? standard,
  );
  const bucket = createLineBucket(Date.now);
  let timer: NodeJS.Timeout | undefined;

  const tellSuppressed = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const suppressed = bucket.takeSuppressed();
    if (suppressed > 0)
      logger.warn({ kind: "log_suppressed", suppressed }, "There were more lines than are written.");
  };
  const write =
    (name: "info" | "warn" | "error"): Log["info"] =>
    (fields, message) => {
      if (!logger.isLevelEnabled(name)) return;
      if (bucket.take()) logger[name](fields, message);
      else timer ??= setTimeout(tellSuppressed, SETTLE_MS).unref();
    };
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    close: () => {
      tellSuppressed();
      standard?.flushSync();
    },
  };
}

function standardOutput(): ReturnType<typeof pino.destination> {
  return pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MAX_WAITING });
}

import { setTimeout as wait } from "node:timers/promises";
import { type Logger, pino } from "pino";
import { escapeLine } from "./escapeLine.ts";
import { createLineBucket, type LineRate } from "./lineBucket.ts";
import type { Log, LogFields } from "./log.ts";

export interface LogOptions {
  /** The lowest level that is written. Default `"info"`. */
  readonly level?: "info" | "warn" | "error" | "silent" | undefined;
  /** Receives whole lines, each with its newline. Default: the standard output. */
  readonly destination?: { write(line: string): unknown } | undefined;
}

/** Writes a line if there is room for it. Calls `describe` only then. */
export type WriteIfRoom = (describe: () => LogFields, message: string) => void;

/** A log that its owner must close. */
export interface OwnLog extends Log {
  /**
   * Lines that come with every request, and therefore have a separate limit of `perSecond`, whatever else is
   * written. A line with the fields `suppressed` reports how many more there would have been.
   */
  readonly apart: (perSecond: number, suppressed: LogFields) => WriteIfRoom;
  /** Writes the lines that are still held back. Resolves when they are written, or after half a second. */
  readonly close: () => Promise<void>;
}

/**
 * Maximum bytes that wait for a reader of the standard output. A stalled reader costs lines, not the collector's
 * memory.
 */
const MAX_WAITING = 1024 * 1024;

/** Milliseconds that a reader of the standard output has for the last lines. */
const CLOSE_MS = 500;

/** Milliseconds after which the suppressed lines of a flood are reported. */
const SETTLE_MS = 1_000;

/**
 * Creates a log of JSON lines: `{"level":"error","time":"2026-…Z","kind":"page_error",…,"msg":"…"}`.
 *
 * Characters that control a terminal are escaped, so that text from a page can never begin a new line, change the
 * direction of a line or hide a part of it. At most 200 lines come at once, and 50 per second after that; a line
 * reports how many were suppressed.
 */
export function createLog({ level = "info", destination }: LogOptions = {}): OwnLog {
  const standard = destination ? undefined : standardOutput();
  const output = destination ?? standard!;
  const logger = pino(
    {
      level,
      // Neither process id nor host name: the log shipper knows both.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void output.write(escapeLine(line)) },
  );
  const reports: (() => void)[] = [];
  const hasRoom = createRoom(logger, reports, { kind: "log_suppressed" });
  const write =
    (name: "info" | "warn" | "error"): Log["info"] =>
    (fields, message) => {
      if (logger.isLevelEnabled(name) && hasRoom()) logger[name](fields, message);
    };
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    apart: (perSecond, suppressed) => {
      const hasOwnRoom = createRoom(logger, reports, suppressed, { burst: perSecond, perSecond });
      return (describe, message) => {
        if (logger.isLevelEnabled("info") && hasOwnRoom()) logger.info(describe(), message);
      };
    },
    close: async () => {
      for (const report of reports) report();
      if (standard) await endWithin(standard, CLOSE_MS);
    },
  };
}

/**
 * Returns a function that is true while there is room for one more line of a kind. Suppressed lines are reported a
 * second later, or at once by the function that it adds to `reports`.
 */
function createRoom(
  logger: Pick<Logger, "warn">,
  reports: (() => void)[],
  fields: LogFields,
  rate?: LineRate,
): () => boolean {
  const bucket = createLineBucket(Date.now, rate);
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const suppressed = bucket.takeSuppressed();
    if (suppressed > 0) logger.warn({ ...fields, suppressed }, "There were more lines than are written.");
  };
  reports.push(report);
  return () => {
    const hasRoom = bucket.take();
    if (!hasRoom) timer ??= setTimeout(report, SETTLE_MS).unref();
    return hasRoom;
  };
}

type StandardOutput = ReturnType<typeof pino.destination>;

/** Does not use `flushSync`, which tries forever if the reader is gone. */
async function endWithin(output: StandardOutput, milliseconds: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    output.once("close", resolve);
    output.once("error", () => resolve());
  });
  output.end();
  await Promise.race([ended, wait(milliseconds)]);
  // Otherwise pino would flush it once more as the process ends.
  output.destroy();
}

function standardOutput(): StandardOutput {
  return pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MAX_WAITING });
}

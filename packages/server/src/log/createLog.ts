import { escapeLine, type Log, type LogFields } from "./log.ts";
import { openStandardOutput } from "./standardOutput.ts";

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
   * Returns a writer for lines that every request causes. They have a separate limit of `perSecond`. A line with the
   * field `suppressed` reports how many were not written.
   */
  readonly apart: (perSecond: number, suppressed: LogFields) => WriteIfRoom;
  /** Writes the lines that are still held back. Resolves when they are written, or after half a second. */
  readonly close: () => Promise<void>;
}

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
  const standard = destination ? undefined : openStandardOutput();
  const output = destination ?? standard!;
  const isWritten = (name: keyof Log): boolean => LEVELS.indexOf(name) >= LEVELS.indexOf(level);
  const writeLine = (name: keyof Log, fields: LogFields, msg: string): void => {
    // Neither process id nor host name: the log shipper knows both.
    const line = JSON.stringify({ level: name, time: new Date().toISOString(), ...fields, msg });
    output.write(escapeLine(`${line}\n`));
  };
  const reports: (() => void)[] = [];
  const createKindRoom = (fields: LogFields, rate?: LineRate): (() => boolean) =>
    createRoom(
      (suppressed) => {
        if (isWritten("warn")) writeLine("warn", { ...fields, suppressed }, SUPPRESSED);
      },
      reports,
      rate,
    );
  const hasRoom = createKindRoom({ kind: "log_suppressed" });
  const write =
    (name: keyof Log): Log["info"] =>
    (fields, message) => {
      if (isWritten(name) && hasRoom()) writeLine(name, fields, message);
    };
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    apart: (perSecond, suppressed) => {
      const hasOwnRoom = createKindRoom(suppressed, { burst: perSecond, perSecond });
      return (describe, message) => {
        if (isWritten("info") && hasOwnRoom()) writeLine("info", describe(), message);
      };
    },
    close: async () => {
      for (const report of reports) report();
      await standard?.close(CLOSE_MS);
    },
  };
}

/** From the lowest: a level and those behind it are written. */
const LEVELS: readonly string[] = ["info", "warn", "error", "silent"];

const SUPPRESSED = "There were more lines than are written.";

/**
 * Returns a function that is true while there is room for one more line of a kind. The number of suppressed lines is
 * reported a second later, or at once by the function that it adds to `reports`.
 */
function createRoom(
  onSuppressed: (lines: number) => void,
  reports: (() => void)[],
  rate?: LineRate,
): () => boolean {
  const bucket = createLineBucket(Date.now, rate);
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const suppressed = bucket.takeSuppressed();
    if (suppressed > 0) onSuppressed(suppressed);
  };
  reports.push(report);
  return () => {
    const hasRoom = bucket.take();
    if (!hasRoom) timer ??= setTimeout(report, SETTLE_MS).unref();
    return hasRoom;
  };
}

/** The limit of lines. */
interface LineRate {
  /** Lines that may come at once. */
  readonly burst: number;
  /** Lines in each second after that. */
  readonly perSecond: number;
}

/** 200 lines at once and 50 per second after that: more than a person can read. */
const DEFAULT_RATE: LineRate = { burst: 200, perSecond: 50 };

/** A token bucket for lines. Lines over the limit are counted and not written. */
export interface LineBucket {
  /** True if a line may be written. */
  take(): boolean;
  /** Lines that were not written since the last call. */
  takeSuppressed(): number;
}

/** `now`: the clock, in milliseconds. */
function createLineBucket(now: () => number, { burst, perSecond }: LineRate = DEFAULT_RATE): LineBucket {
  let tokens = burst;
  let at = now();
  let suppressed = 0;
  return {
    take: () => {
      // A clock that was set back adds no tokens and removes none.
      tokens = Math.min(burst, tokens + (Math.max(0, now() - at) / 1000) * perSecond);
      at = now();
      if (tokens < 1) {
        suppressed += 1;
        return false;
      }
      tokens -= 1;
      return true;
    },
    takeSuppressed: () => {
      const taken = suppressed;
      suppressed = 0;
      return taken;
    },
  };
}

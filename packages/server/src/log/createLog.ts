import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { escapeLine } from "./escapeLine.ts";
import { createLineBucket, type LineRate } from "./lineBucket.ts";
import type { Log, LogFields } from "./log.ts";

export interface LogOptions {
  /** The least important level that is written. Default `"info"`. */
  readonly level?: "info" | "warn" | "error" | "silent" | undefined;
  /** Takes whole lines, each with its newline. Default the standard output. */
  readonly destination?: { write(line: string): unknown } | undefined;
}

/** Writes a line, if there is room for it: only then are its fields asked for. */
export type WriteIfRoom = (describe: () => LogFields, message: string) => void;

/** A log that somebody has to close. */
export interface OwnLog extends Log {
  /**
   * Lines that come with every request, and so have room of their own: so many a second, whatever else is
   * written. How many there would have been more is told by a line with the fields of `suppressed`.
   */
  readonly apart: (perSecond: number, suppressed: LogFields) => WriteIfRoom;
  /** Writes what is still held back. Resolves when it is written, or cannot be within half a second. */
  readonly close: () => Promise<void>;
}

/**
 * Bytes that wait for a reader of the standard output at most. A reader that stands still costs lines, not the
 * collector's memory.
 */
const MAX_WAITING = 1024 * 1024;

/** Milliseconds that a reader of the standard output has for the last lines. */
const CLOSE_MS = 500;

/** Milliseconds after which a flood that ended is told. */
const SETTLE_MS = 1_000;

/**
 * Creates a log of JSON lines: `{"level":"error","time":"2026-…Z","kind":"page_error",…,"msg":"…"}`.
 *
 * Characters that a terminal obeys are escaped, so that no text from a page begins a line of its own, changes the
 * direction of one or hides a part of it. At most 200 lines come
 * at once and 50 a second after that; a line says how many there would have been more.
 */
export function createLog({ level = "info", destination }: LogOptions = {}): OwnLog {
  const standard = destination ? undefined : standardOutput();
  const output = destination ?? standard!;
  const logger = pino(
    {
      level,
      // Neither process id nor host name: whoever ships the lines knows both.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void output.write(escapeLine(line)) },
  );
  const tellAll: (() => void)[] = [];
  /** Whether there is room for one more line of a kind; what has none is told later. */
  const createRoom = (rate: LineRate | undefined, fields: LogFields): (() => boolean) => {
    const bucket = createLineBucket(Date.now, rate);
    let timer: NodeJS.Timeout | undefined;
    const tell = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const suppressed = bucket.takeSuppressed();
      if (suppressed > 0) logger.warn({ ...fields, suppressed }, "There were more lines than are written.");
    };
    tellAll.push(tell);
    return () => {
      const hasRoom = bucket.take();
      if (!hasRoom) timer ??= setTimeout(tell, SETTLE_MS).unref();
      return hasRoom;
    };
  };
  const hasRoom = createRoom(undefined, { kind: "log_suppressed" });
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
      const hasOwnRoom = createRoom({ burst: perSecond, perSecond }, suppressed);
      return (describe, message) => {
        if (logger.isLevelEnabled("info") && hasOwnRoom()) logger.info(describe(), message);
      };
    },
    close: async () => {
      for (const tell of tellAll) tell();
      if (standard) await endWithin(standard, CLOSE_MS);
    },
  };
}

type StandardOutput = ReturnType<typeof pino.destination>;

/** Not by `flushSync`: it tries for ever where the reader is gone. */
async function endWithin(output: StandardOutput, milliseconds: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    output.once("close", resolve);
    output.once("error", () => resolve());
  });
  output.end();
  await Promise.race([ended, wait(milliseconds)]);
  // Or it would be flushed once more as the process ends.
  output.destroy();
}

function standardOutput(): StandardOutput {
  return pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MAX_WAITING });
}

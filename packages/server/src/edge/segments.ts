import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { diskError } from "./spoolError.ts";
import type { SpoolFiles } from "./spoolFiles.ts";
import { type Gap, type Mark, readRecords } from "./spoolRecord.ts";

/** A file of the spool: records that were written one after the other. */
export interface Segment {
  /** Segments are drained in the order of their numbers. */
  readonly number: number;
  readonly path: string;
  readonly mark: Mark;
  /** Bytes that are on the disk, and may be read. */
  bytes: number;
  /** Number of its messages. */
  messages: number;
  /** Time of arrival of its first message in milliseconds since 1970; undefined if it is unknown. */
  firstAt: number | undefined;
  /** True while records are written to it. */
  isOpen: boolean;
  /** True if an earlier process wrote it, and its damage was reported. */
  isInspected: boolean;
}

/** Bytes that were given up. `torn`: the end of the last segment, never acknowledged unless the disk damaged it. */
export interface Skipped {
  readonly reason: "torn" | "damaged";
  readonly path: string;
  readonly bytes: number;
  readonly cause?: unknown;
}

/** The mark is in the name, because a directory entry is either whole or lost. */
const NAME = /^(\d{12})-([0-9a-f]{8})\.spool$/;

export function createSegment(folder: string, number: number, mark: Mark): Segment {
  const name = `${String(number).padStart(12, "0")}-${mark.toString("hex")}.spool`;
  return {
    number,
    path: join(folder, name),
    mark,
    bytes: 0,
    messages: 0,
    firstAt: undefined,
    isOpen: true,
    isInspected: false,
  };
}

/** Creates the folder if it does not exist. Throws a `SpoolError` if it cannot. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw diskError(folder, error);
  }
}

/** Returns the segments that earlier processes left, in their order. Other files are left alone. */
export function listSegments(folder: string): Segment[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        const [, number, mark] = NAME.exec(name) ?? [];
        if (number === undefined || mark === undefined) return [];
        const segment = createSegment(folder, Number(number), Buffer.from(mark, "hex"));
        return [{ ...segment, bytes: statSync(segment.path).size, isOpen: false }];
      });
  } catch (error) {
    throw diskError(folder, error);
  }
}

/**
 * Counts the messages that earlier processes left, and cuts off what the last one did not write to the end. Damage is
 * reported, and costs the messages that it touches.
 */
export async function inspectSegments(
  segments: readonly Segment[],
  files: SpoolFiles,
  onSkipped: (skipped: Skipped) => void,
): Promise<void> {
  const last = segments.at(-1);
  for (const segment of segments) {
    try {
      const { records, gaps } = readRecords(await files.read(segment.path, 0, segment.bytes), segment.mark);
      segment.messages = records.length;
      segment.firstAt = records[0]?.message.at;
      segment.isInspected = true;
      for (const gap of gaps) await skip(gap, segment, segment === last, files, onSkipped);
    } catch {
      // It is read again when it is drained; a failure is reported then.
    }
  }
}

async function skip(
  { from, to }: Gap,
  segment: Segment,
  isLast: boolean,
  files: SpoolFiles,
  onSkipped: (skipped: Skipped) => void,
): Promise<void> {
  const isTail = isLast && to === segment.bytes;
  onSkipped({ reason: isTail ? "torn" : "damaged", path: segment.path, bytes: to - from });
  if (!isTail) return;
  await files.cut(segment.path, from);
  segment.bytes = from;
}

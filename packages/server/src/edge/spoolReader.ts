import type { Segment, Skipped } from "./segments.ts";
import type { SpoolFiles } from "./spoolFiles.ts";
import { readRecords, type SpoolRecord } from "./spoolRecord.ts";
import type { SpoolWriter } from "./spoolWriter.ts";

export interface SpoolReaderOptions {
  /** All segments in their order. The reader takes away those that it has removed. */
  readonly segments: Segment[];
  readonly writer: SpoolWriter;
  readonly files: SpoolFiles;
  readonly onSkipped: (skipped: Skipped) => void;
}

export interface SpoolReader {
  /** Returns the oldest records; undefined if all are removed, or wait for the disk. */
  peek(): Promise<readonly SpoolRecord[] | undefined>;
  /** Removes the first records of the last peek. */
  remove(records: readonly SpoolRecord[]): Promise<void>;
  /** Messages of the first segment that were removed. */
  removed(): number;
  oldestAt(): number | undefined;
}

/** Reads the first segment, and removes it once all of it is removed. */
export function createSpoolReader(options: SpoolReaderOptions): SpoolReader {
  const { segments } = options;
  const first = createFirstSegment(options);
  return {
    peek: async () => {
      for (let segment = segments[0]; segment; segment = segments[0]) {
        const records = first.cursor.offset < segment.bytes ? await first.read(segment) : [];
        if (records.length > 0) return records;
        const isRead = segment === segments[0] && first.cursor.offset >= segment.bytes;
        if (isRead && !(await first.end(segment))) return undefined;
      }
      return undefined;
    },
    remove: async (records) => {
      const last = records.at(-1);
      const segment = segments[0];
      if (!last || !segment) return;
      const { cursor } = first;
      cursor.offset = last.end;
      cursor.removed += records.length;
      cursor.lastAt = last.message.at;
      if (cursor.offset >= segment.bytes) await first.end(segment);
    },
    removed: () => first.cursor.removed,
    oldestAt: () => first.cursor.lastAt ?? segments[0]?.firstAt,
  };
}

/** The place up to which the first segment was read. */
interface Cursor {
  offset: number;
  /** Messages that were removed. */
  removed: number;
  /** Damage before this place was reported. The same bytes are read again after a failed publish. */
  reportedTo: number;
  /** Time of arrival of the last message that was removed. */
  lastAt: number | undefined;
}

const atStart = (): Cursor => ({ offset: 0, removed: 0, reportedTo: 0, lastAt: undefined });

interface FirstSegment {
  /** Another one as soon as the segment is taken away. */
  readonly cursor: Cursor;
  /** Returns the records behind the cursor. Gives up a segment that cannot be read. */
  read(segment: Segment): Promise<readonly SpoolRecord[]>;
  /** Ends a segment of which everything was read. Returns false while more is written to it. */
  end(segment: Segment): Promise<boolean>;
}

function createFirstSegment(options: SpoolReaderOptions): FirstSegment {
  const { segments, writer, files, onSkipped } = options;
  let cursor = atStart();

  const drop = async (isRead: boolean): Promise<void> => {
    const segment = segments.shift();
    cursor = atStart();
    // A file that cannot be removed is drained again at the next start: the ids of its messages are known by then.
    if (segment && isRead) await files.remove(segment.path).catch(() => {});
  };
  return {
    get cursor() {
      return cursor;
    },
    read: async (segment) => {
      try {
        return await readOn(segment, cursor, options);
      } catch (cause) {
        if (isPassing(cause)) throw cause;
        onSkipped({ reason: "damaged", path: segment.path, bytes: segment.bytes - cursor.offset, cause });
        if (segment.isOpen) await writer.seal();
        await drop(false);
        return [];
      }
    },
    end: async (segment) => {
      if (segment.isOpen && writer.waiting.messages > 0) return false;
      if (segment.isOpen) await writer.seal();
      await drop(true);
      return true;
    },
  };
}

/** Returns the records of a segment behind the cursor, and reports the damage between them. */
async function readOn(
  segment: Segment,
  cursor: Cursor,
  { files, onSkipped }: SpoolReaderOptions,
): Promise<readonly SpoolRecord[]> {
  const { path, mark, bytes: to } = segment;
  const { records, gaps } = readRecords(await files.read(path, cursor.offset, to), mark, cursor.offset);
  for (const gap of gaps) {
    if (gap.from < cursor.reportedTo) continue;
    cursor.reportedTo = gap.to;
    // That of earlier processes was reported when their messages were counted.
    if (!segment.isInspected) onSkipped({ reason: "damaged", path, bytes: gap.to - gap.from });
  }
  if (records.length === 0) cursor.offset = to;
  return records;
}

/** Errors of a process or a system that is short of something for a moment: the disk has the segment still. */
const PASSING: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EINTR"]);

function isPassing(cause: unknown): boolean {
  return PASSING.has((cause as { readonly code?: unknown } | undefined)?.code);
}

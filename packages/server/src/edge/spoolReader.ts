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
export function createSpoolReader({ segments, writer, files, onSkipped }: SpoolReaderOptions): SpoolReader {
  let offset = 0;
  let removed = 0;
  /** The same bytes are read again after a failed publish. */
  let reportedTo = 0;
  let lastAt: number | undefined;

  const dropFirst = async (isRead: boolean): Promise<void> => {
    const segment = segments.shift();
    offset = 0;
    removed = 0;
    reportedTo = 0;
    lastAt = undefined;
    // A file that cannot be removed is drained again at the next start: the ids of its messages are known by then.
    if (segment && isRead) await files.remove(segment.path).catch(() => {});
  };
  const readFirst = async (segment: Segment): Promise<readonly SpoolRecord[]> => {
    const { mark, path } = segment;
    const to = segment.bytes;
    try {
      const { records, gaps } = readRecords(await files.read(path, offset, to), mark, offset);
      for (const gap of gaps) {
        if (gap.from < reportedTo) continue;
        reportedTo = gap.to;
        // Those of earlier processes were reported when they were counted.
        if (!segment.isInspected) onSkipped({ reason: "damaged", path, bytes: gap.to - gap.from });
      }
      if (records.length === 0) offset = to;
      return records;
    } catch (error) {
      onSkipped({ reason: "damaged", path, bytes: to - offset, cause: error });
      if (segment.isOpen) await writer.seal();
      await dropFirst(false);
      return [];
    }
  };
  /** Ends a segment of which everything was read. */
  const endFirst = async (segment: Segment): Promise<boolean> => {
    if (segment.isOpen && writer.waiting.messages > 0) return false;
    if (segment.isOpen) await writer.seal();
    await dropFirst(true);
    return true;
  };
  return {
    peek: async () => {
      for (let segment = segments[0]; segment; segment = segments[0]) {
        const records = offset < segment.bytes ? await readFirst(segment) : [];
        if (records.length > 0) return records;
        if (segment === segments[0] && offset >= segment.bytes && !(await endFirst(segment)))
          return undefined;
      }
      return undefined;
    },
    remove: async (records) => {
      const last = records.at(-1);
      const segment = segments[0];
      if (!last || !segment) return;
      offset = last.end;
      removed += records.length;
      lastAt = last.message.at;
      if (offset >= segment.bytes) await endFirst(segment);
    },
    removed: () => removed,
    oldestAt: () => lastAt ?? segments[0]?.firstAt,
  };
}

import { createSegment, type Segment } from "./segments.ts";
import { diskError, type SpoolError } from "./spoolError.ts";
import type { SpoolFile, SpoolFiles } from "./spoolFiles.ts";
import { createMark, type SpooledMessage, writeRecord } from "./spoolRecord.ts";

/** 8 MiB: a segment is read at once, and what was drained of it is published again after a crash. */
const SEGMENT_BYTES = 8_388_608;
/** 4 MiB: what one sync writes at most, so that no message waits for more than a fraction of a second. */
const GROUP_BYTES = 4_194_304;

export interface SpoolWriterOptions {
  readonly folder: string;
  readonly files: SpoolFiles;
  /** The number of the first segment that it writes. */
  readonly number: number;
  /** Called with each new segment as soon as its first messages are on the disk. */
  readonly onSegment: (segment: Segment) => void;
}

/** Writes messages to segments. All messages that wait share one write and one sync. */
export interface SpoolWriter {
  /**
   * Resolves when the message is on the disk. Rejects with a `SpoolError` if it is not; a start may find it all the
   * same.
   */
  append(message: SpooledMessage, bytes: number): Promise<void>;
  /** Messages that are not on the disk yet. */
  readonly waiting: { readonly messages: number; readonly bytes: number; readonly since: number };
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
  /** Ends the segment that is written, so that it can be removed. Call it while nothing waits. */
  seal(): Promise<void>;
}

export function createSpoolWriter(options: SpoolWriterOptions): SpoolWriter {
  const queue = createQueue();
  const output = createOutput(options);
  let since = 0;
  let committing: Promise<void> | undefined;

  const commitAll = async (): Promise<void> => {
    // Messages of the same turn of the event loop share the first sync as well.
    await Promise.resolve();
    while (!queue.isEmpty) {
      const group = queue.takeGroup();
      since = performance.now();
      const error = await output.write(group.map(({ message }) => message)).then(
        () => undefined,
        (cause: unknown) => diskError(options.folder, cause),
      );
      queue.settle(group, error);
    }
    committing = undefined;
  };
  return {
    append: (message, bytes) =>
      new Promise((resolve, reject) => {
        if (!committing) since = performance.now();
        queue.add({ message, bytes, resolve, reject });
        committing ??= commitAll();
      }),
    get waiting() {
      return { ...queue.waiting, since };
    },
    settled: async () => {
      await committing;
    },
    seal: output.seal,
  };
}

interface Waiting {
  readonly message: SpooledMessage;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: SpoolError) => void;
}

interface Queue {
  /** True if no message waits for its group. */
  readonly isEmpty: boolean;
  /** The messages that are not settled. */
  readonly waiting: { readonly messages: number; readonly bytes: number };
  add(one: Waiting): void;
  takeGroup(): Waiting[];
  settle(group: readonly Waiting[], error: SpoolError | undefined): void;
}

function createQueue(): Queue {
  const queue: Waiting[] = [];
  let messages = 0;
  let bytes = 0;
  return {
    get isEmpty() {
      return queue.length === 0;
    },
    get waiting() {
      return { messages, bytes };
    },
    add: (one) => {
      queue.push(one);
      messages += 1;
      bytes += one.bytes;
    },
    takeGroup: () => {
      let size = 0;
      const more = queue.findIndex((one) => (size += one.bytes) > GROUP_BYTES);
      return queue.splice(0, more < 0 ? queue.length : Math.max(1, more));
    },
    settle: (group, error) => {
      messages -= group.length;
      for (const one of group) {
        bytes -= one.bytes;
        if (error) one.reject(error);
        else one.resolve();
      }
    },
  };
}

/** The segment that is written. */
interface Current {
  readonly file: SpoolFile;
  readonly segment: Segment;
}

interface Output {
  write(messages: readonly SpooledMessage[]): Promise<void>;
  seal(): Promise<void>;
}

/** Writes the current segment, and begins the next one when it is large. */
function createOutput({ folder, files, number: first, onSegment }: SpoolWriterOptions): Output {
  let number = first;
  let current: Current | undefined;

  const seal = async (): Promise<void> => {
    if (!current) return;
    const { file, segment } = current;
    current = undefined;
    segment.isOpen = false;
    // What was synced is safe, whatever closing it says.
    await file.close().catch(() => {});
  };
  const next = async (): Promise<Current> => {
    if (current && current.segment.bytes < SEGMENT_BYTES) return current;
    await seal();
    const segment = createSegment(folder, number++, createMark());
    current = { file: await createFile(segment, folder, files), segment };
    return current;
  };
  return {
    write: async (messages) => {
      const { file, segment } = await next();
      const bytes = Buffer.concat(messages.map((message) => writeRecord(message, segment.mark)));
      try {
        await file.write(bytes);
        await file.sync();
      } catch (error) {
        // A second sync may succeed although the first one lost data: the segment is not written again.
        await seal();
        await takeBack(segment, files);
        throw error;
      }
      if (segment.bytes === 0) onSegment(segment);
      segment.bytes += bytes.length;
      segment.messages += messages.length;
      segment.firstAt ??= messages[0]?.at;
    },
    seal,
  };
}

async function createFile({ path }: Segment, folder: string, files: SpoolFiles): Promise<SpoolFile> {
  try {
    return await files.create(path, folder);
  } catch (error) {
    // The file may exist without a synced name.
    await files.remove(path).catch(() => {});
    throw error;
  }
}

/** Takes away what a failed write may have left: a full disk would get another empty file with each try. */
async function takeBack({ path, bytes }: Segment, files: SpoolFiles): Promise<void> {
  await (bytes === 0 ? files.remove(path) : files.cut(path, bytes)).catch(() => {});
}

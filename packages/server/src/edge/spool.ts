import { join } from "node:path";
import { inspectSegments, listSegments, makeFolder, type Segment, type Skipped } from "./segments.ts";
import { diskError, SpoolError } from "./spoolError.ts";
import { DISK, type SpoolFiles } from "./spoolFiles.ts";
import { lockFolder } from "./spoolLock.ts";
import { MAX_RECORD_BYTES, recordBytes, type SpooledMessage, type SpoolRecord } from "./spoolRecord.ts";
import { createSpoolReader, type SpoolReader } from "./spoolReader.ts";
import { createSpoolWriter, type SpoolWriter } from "./spoolWriter.ts";

export interface SpoolOptions {
  readonly folder: string;
  readonly maxBytes: number;
  /** Called with bytes that cannot be read, and are given up. */
  readonly onSkipped: (skipped: Skipped) => void;
  readonly files?: SpoolFiles;
}

/** Messages on a local disk, in the order in which they came. It survives crashes and power cuts. */
export interface Spool {
  /**
   * Resolves when the message is on the disk. Rejects with a `SpoolError`: the message must not be acknowledged.
   */
  append(message: SpooledMessage): Promise<void>;
  /**
   * Returns the oldest messages that are on the disk and not removed yet, at most a segment of them. Undefined if all are
   * removed, or wait for the disk.
   */
  peek(): Promise<readonly SpoolRecord[] | undefined>;
  /** Removes the first `records` of the last peek. A crash can bring back those of one segment. */
  remove(records: readonly SpoolRecord[]): Promise<void>;
  /**
   * Moves the first record of the last peek to a separate file, `<id>.refused`, because it blocks all others. Of a
   * thousand, the rest is dropped.
   */
  setAside(record: SpoolRecord): Promise<void>;
  /** Resolves when no message waits for the disk. */
  settled(): Promise<void>;
  readonly isEmpty: boolean;
  readonly state: SpoolState;
  /** Resolves when everything that was appended is on the disk, and the folder is unlocked. */
  close(): Promise<void>;
}

export interface SpoolState {
  /** Bytes of the messages, on the disk or on their way to it. */
  readonly bytes: number;
  readonly messages: number;
  /** Time of arrival of the oldest message in milliseconds since 1970; undefined if the spool is empty. */
  readonly oldestAt: number | undefined;
  /** Milliseconds that the oldest message has waited for the disk. */
  readonly waitingMs: number;
  /** The failure of the last write, if it was in the last seconds: only the next write shows whether the disk works again. */
  readonly failing: SpoolError | undefined;
  /** True if the next large message may find no room. */
  readonly isFull: boolean;
}

/** 64 MiB: a disk that is slower than the network would fill the memory. */
const MAX_WAITING_BYTES = 67_108_864;
/** 512 KiB: more than the largest request. */
const ROOM_BYTES = 524_288;
const MOST_SET_ASIDE = 1_000;
const FAILING_MS = 5_000;

/**
 * Opens the spool of a folder. Throws a `SpoolError` if another process uses the folder, or if it cannot be used.
 */
export function openSpool(options: SpoolOptions): Spool {
  const { folder, files = DISK } = options;
  makeFolder(folder);
  const lock = lockFolder(folder);
  try {
    const segments = listSegments(folder);
    const number = (segments.at(-1)?.number ?? 0) + 1;
    const onSegment = (segment: Segment): void => void segments.push(segment);
    const writer = createSpoolWriter({ folder, files, number, onSegment });
    const inspected = inspectSegments([...segments], files, options.onSkipped);
    return createSpool({ ...options, files, segments, writer, inspected, unlock: lock.release });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface SpoolParts extends Required<SpoolOptions> {
  readonly segments: Segment[];
  readonly writer: SpoolWriter;
  /** Resolves when the segments of earlier processes are counted. */
  readonly inspected: Promise<void>;
  readonly unlock: () => void;
}

function createSpool(parts: SpoolParts): Spool {
  const { folder, files, segments, writer, inspected, unlock } = parts;
  const reader = createSpoolReader(parts);
  const appending = createAppending(parts);
  let setAside = 0;
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    appending.end();
    await writer.settled();
    await writer.seal();
    await inspected;
    unlock();
  };
  return {
    append: appending.append,
    peek: async () => {
      await inspected;
      return reader.peek();
    },
    remove: reader.remove,
    setAside: async (record) => {
      setAside += 1;
      if (setAside <= MOST_SET_ASIDE) await writeAside(record.message, folder, files);
      await reader.remove([record]);
    },
    settled: writer.settled,
    get isEmpty() {
      return segments.length === 0 && writer.waiting.messages === 0;
    },
    get state() {
      return { ...appending.state(), ...messagesOf(parts, reader) };
    },
    close: () => (closing ??= close()),
  };
}

/** The messages on the disk, and on their way to it. */
function messagesOf(
  { segments, writer }: SpoolParts,
  reader: SpoolReader,
): Pick<SpoolState, "messages" | "oldestAt" | "waitingMs"> {
  const { messages, since } = writer.waiting;
  const onDisk = sum(segments, (segment) => segment.messages) - reader.removed();
  return {
    messages: Math.max(0, onDisk) + messages,
    oldestAt: reader.oldestAt(),
    waitingMs: messages === 0 ? 0 : performance.now() - since,
  };
}

interface Appending {
  readonly append: Spool["append"];
  readonly state: () => Pick<SpoolState, "bytes" | "failing" | "isFull">;
  /** Refuses every later message. */
  end(): void;
}

/** Appends within the limits of the spool, and remembers a failure for some seconds. */
function createAppending({ folder, maxBytes, segments, writer }: SpoolParts): Appending {
  let failed: { readonly error: SpoolError; readonly at: number } | undefined;
  let isOver = false;

  const bytesNow = (): number => sum(segments, ({ bytes }) => bytes) + writer.waiting.bytes;
  const refusal = (bytes: number): SpoolError | undefined => {
    if (isOver) return new SpoolError("closed", `[rumkit] The spool ${folder} is closed.`);
    if (bytesNow() + bytes > maxBytes || bytes > MAX_RECORD_BYTES) return fullError(folder, maxBytes);
    return writer.waiting.bytes > MAX_WAITING_BYTES ? behindError(folder) : undefined;
  };
  return {
    append: async (message) => {
      const bytes = recordBytes(message);
      const refused = refusal(bytes);
      if (refused) throw refused;
      try {
        await writer.append(message, bytes);
        failed = undefined;
      } catch (error) {
        failed = { error: diskError(folder, error), at: performance.now() };
        throw failed.error;
      }
    },
    state: () => {
      const bytes = bytesNow();
      const isFailing = failed && performance.now() - failed.at < FAILING_MS;
      return {
        bytes,
        failing: isFailing ? failed?.error : undefined,
        isFull: bytes + Math.min(ROOM_BYTES, maxBytes / 8) > maxBytes,
      };
    },
    end: () => {
      isOver = true;
    },
  };
}

async function writeAside({ id, body }: SpooledMessage, folder: string, files: SpoolFiles): Promise<void> {
  const path = join(folder, `${id}.refused`);
  const file = await files.create(path, folder).catch((error: unknown) => {
    // It was set aside before a crash.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  if (!file) return;
  try {
    await file.write(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    await file.sync();
  } finally {
    await file.close();
  }
}

function sum(segments: readonly Segment[], of: (segment: Segment) => number): number {
  return segments.reduce((total, segment) => total + of(segment), 0);
}

function fullError(folder: string, maxBytes: number): SpoolError {
  return new SpoolError(
    "full",
    `[rumkit] The spool ${folder} is full: it holds at most ${maxBytes} bytes (maxSpoolBytes). It drains as soon as the log takes messages.`,
  );
}

function behindError(folder: string): SpoolError {
  return new SpoolError(
    "behind",
    `[rumkit] More than ${MAX_WAITING_BYTES} bytes wait for the disk of the spool ${folder}. Find out why it is slow.`,
  );
}

import type { JournalErrorCode } from "./journalError.ts";
import type { KeyMemoryImage, Sender } from "./keyMemory.ts";
import type { KeyTableImage } from "./keyTable.ts";

/** What the thread is started with. Every number is checked and in its place. */
export interface ThreadOptions {
  readonly path: string;
  /** The app that the journal has to count for, where it says. Undefined: any. */
  readonly app: string | undefined;
  readonly checkpointMs: number;
  readonly checkpointBytes: number;
  readonly reserveBytes: number;
}

/**
 * To the thread: keep a group, answered by `committed` or `failed`; write down the app, answered by nothing or `failed`;
 * or close, answered by `closed`.
 */
export type ThreadRequest =
  | {
      readonly type: "commit";
      /** The records, in its first `length` bytes. */
      readonly buffer: ArrayBuffer;
      readonly length: number;
      readonly keys: Uint8Array<ArrayBuffer>;
      /** How many times the sender was told `failed`: a group from before a failure is void after it. */
      readonly failures: number;
    }
  | { readonly type: "claim"; readonly app: string }
  | { readonly type: "close" };

/** A journal as it was found. Its buffers change hands. */
export interface OpenedJournal {
  readonly saved: Uint8Array<ArrayBuffer>;
  /** The id of each series by the digest of its definition. */
  readonly series: KeyTableImage;
  readonly nextSeriesId: number;
  /** The app that it counts for; undefined where no collector has said. */
  readonly app: string | undefined;
  readonly keys: Readonly<Record<Sender, KeyMemoryImage>>;
}

/** How much the file holds. */
export interface FileSizes {
  /** Bytes on the disk, with everything beside it. */
  readonly bytes: number;
  /** Bytes of groups that no checkpoint covers. */
  readonly logBytes: number;
  /** Bytes that its disk has left. */
  readonly freeBytes: number;
}

/** An error as it passes between threads: its class would be lost. */
export interface SentError {
  readonly code: JournalErrorCode;
  readonly message: string;
}

/** From the thread. */
export type ThreadReport =
  | { readonly type: "opened"; readonly journal: OpenedJournal; readonly sizes: FileSizes }
  | { readonly type: "refused"; readonly error: SentError }
  | {
      readonly type: "committed";
      readonly seconds: number;
      readonly sizes: FileSizes;
      /** A buffer that an earlier group came in, to be used again. */
      readonly spare: ArrayBuffer | undefined;
    }
  /** Nothing can be kept until `recovered`; a group that was under way is not kept. */
  | { readonly type: "failed"; readonly error: SentError }
  | { readonly type: "recovered"; readonly sizes: FileSizes }
  | { readonly type: "closed" };

import type { JournalErrorCode } from "./journalError.ts";
import type { KeyMemoryImage, Sender } from "./keyMemory.ts";
import type { KeyTableImage } from "./keyTable.ts";

/** Start options of the thread, with every default filled in. */
export interface ThreadOptions {
  readonly path: string;
  /** The required app of the journal. Undefined: any. */
  readonly app: string | undefined;
  readonly checkpointMs: number;
  readonly checkpointBytes: number;
  readonly reserveBytes: number;
}

/**
 * Requests to the thread. `commit` keeps a group, answered by `committed` or `failed`; `claim` stores the app, answered
 * only by `failed`; `close` is answered by `closed`.
 */
export type ThreadRequest =
  | {
      readonly type: "commit";
      /** The records, in its first `length` bytes. */
      readonly buffer: ArrayBuffer;
      readonly length: number;
      readonly keys: Uint8Array<ArrayBuffer>;
      /**
       * The number of `failed` reports that the sender has received: a group from before a failure is void after it.
       */
      readonly failures: number;
    }
  | { readonly type: "claim"; readonly app: string }
  | { readonly type: "close" };

/** The data of an opened journal. Its buffers are transferred. */
export interface OpenedJournal {
  readonly saved: Uint8Array<ArrayBuffer>;
  /** The id of each series by the digest of its definition. */
  readonly series: KeyTableImage;
  readonly nextSeriesId: number;
  /** The app of the journal; undefined if no collector has claimed it. */
  readonly app: string | undefined;
  readonly keys: Readonly<Record<Sender, KeyMemoryImage>>;
}

/** Sizes of the file and of its disk. */
export interface FileSizes {
  /** Bytes on the disk, including the files beside it. */
  readonly bytes: number;
  /** Bytes of the groups that no checkpoint covers. */
  readonly logBytes: number;
  /** Free bytes on its disk. */
  readonly freeBytes: number;
}

/** An error for another thread. A message between threads would lose its class. */
export interface SentError {
  readonly code: JournalErrorCode;
  readonly message: string;
}

/** Reports of the thread. */
export type ThreadReport =
  | { readonly type: "opened"; readonly journal: OpenedJournal; readonly sizes: FileSizes }
  | { readonly type: "refused"; readonly error: SentError }
  | {
      readonly type: "committed";
      readonly seconds: number;
      readonly sizes: FileSizes;
      /** The buffer of an earlier group, for reuse. */
      readonly spare: ArrayBuffer | undefined;
    }
  /** The journal keeps nothing until `recovered`; a group that was under way is not kept. */
  | { readonly type: "failed"; readonly error: SentError }
  | { readonly type: "recovered"; readonly sizes: FileSizes }
  | { readonly type: "closed" };

import { Worker } from "node:worker_threads";
import { JournalError, type JournalErrorCode } from "./journal.ts";
import { journalThreadCode } from "./journalThreadCode.ts";
import type { DocumentChange, KeptDocument } from "./keptDocuments.ts";
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
 * Requests to the thread. `commit` keeps a group, answered by `committed` or `failed`; `keep` keeps changes of documents,
 * answered by `kept` or `failed`; `claim` stores the app, answered
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
  | {
      readonly type: "keep";
      readonly changes: readonly DocumentChange[];
      /** As in `commit`. */
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
  readonly documents: readonly KeptDocument[];
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
  | { readonly type: "kept" }
  /** The journal keeps nothing until `recovered`; a group that was under way is not kept. */
  | { readonly type: "failed"; readonly error: SentError }
  | { readonly type: "recovered"; readonly sizes: FileSizes }
  | { readonly type: "closed" };

/** The messages of the thread after it has opened the file. */
export type JournalReport = Exclude<ThreadReport, { type: "opened" | "refused" }>;

/** The parts of a journal that wait for the thread. */
type ThreadHolder = "groups" | "documents";

/** The main thread's handle of the thread that writes the file. */
export interface JournalThread {
  readonly opened: OpenedJournal;
  readonly sizes: FileSizes;
  post(request: ThreadRequest): void;
  /** Calls `listener` with every message of the thread from now on. */
  onReport(listener: (report: JournalReport) => void): void;
  /** Keeps the process alive while `isBusy` for any of its holders, and lets it end otherwise. */
  hold(isBusy: boolean, holder: ThreadHolder): void;
}

/** Starts the thread and waits until it has opened the file. Rejects with its `JournalError`. */
export async function startJournalThread(options: ThreadOptions): Promise<JournalThread> {
  const worker = new Worker(journalThreadCode, {
    eval: typeof journalThreadCode === "string",
    workerData: options,
    // Node 22 calls its SQLite experimental. `requireSqlite` has checked the release, so nothing is left to tell the app.
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const { journal, sizes } = await waitUntilOpen(worker, options.path);
  worker.unref();
  const holders = new Set<ThreadHolder>();
  return {
    opened: journal,
    sizes,
    post: (request) => {
      // The buffer is transferred: copying it would cost more than filling it.
      worker.postMessage(request, request.type === "commit" ? [request.buffer] : []);
    },
    onReport: (listener) => {
      let isClosed = false;
      const onEnd = (cause?: unknown): void => {
        if (!isClosed) listener({ type: "failed", error: threadEnded(options.path, cause) });
        isClosed = true;
      };
      worker.on("message", (report: JournalReport) => {
        isClosed ||= report.type === "closed";
        listener(report);
      });
      worker.once("error", onEnd);
      worker.once("exit", () => onEnd());
    },
    hold: (isBusy, holder) => {
      if (isBusy) holders.add(holder);
      else holders.delete(holder);
      if (holders.size > 0) worker.ref();
      else worker.unref();
    },
  };
}

function waitUntilOpen(worker: Worker, path: string): Promise<ThreadReport & { type: "opened" }> {
  return new Promise((resolve, reject) => {
    const refuse = (error: SentError): void => {
      worker.removeAllListeners();
      reject(new JournalError(error.code, error.message));
    };
    const onError = (cause: unknown): void => refuse(threadEnded(path, cause));
    worker.once("error", onError);
    worker.once("exit", onError);
    worker.once("message", (report: ThreadReport) => {
      worker.off("error", onError).off("exit", onError);
      if (report.type === "opened") resolve(report);
      else if (report.type === "refused") refuse(report.error);
    });
  });
}

function threadEnded(path: string, cause: unknown): SentError {
  return {
    code: "thread_ended",
    message: `[rumkit] The thread that writes ${path} has ended: ${String(cause)}. Start the process again.`,
  };
}

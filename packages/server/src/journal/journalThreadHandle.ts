import { Worker } from "node:worker_threads";
import { journalThreadCode } from "./journalThreadCode.ts";
import { JournalError } from "./journalError.ts";
import type {
  FileSizes,
  OpenedJournal,
  SentError,
  ThreadOptions,
  ThreadReport,
  ThreadRequest,
} from "./threadMessages.ts";

/** The messages of the thread after it has opened the file. */
export type JournalReport = Exclude<ThreadReport, { type: "opened" | "refused" }>;

/** The main thread's handle of the thread that writes the file. */
export interface JournalThread {
  readonly opened: OpenedJournal;
  readonly sizes: FileSizes;
  post(request: ThreadRequest): void;
  /** Calls `listener` with every message of the thread from now on. */
  onReport(listener: (report: JournalReport) => void): void;
  /** Keeps the process alive while `isBusy`, and lets it end otherwise. */
  hold(isBusy: boolean): void;
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
    hold: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
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

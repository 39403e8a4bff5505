/** Messages between the supervisor and a worker; the worker sends "ready". */
export type WorkerMessage = "ready" | "drain";

/** The worker's end of its channel to the supervisor. */
export interface WorkerChannel {
  /** Resolves when the supervisor asks for a shutdown, or is gone. */
  readonly ordered: Promise<void>;
  ready(): void;
  /** Closes the channel, which would keep alive a worker that could not start. */
  close(): void;
}

/** Throws if no supervisor started this process. */
export function createWorkerChannel(): WorkerChannel {
  if (!process.send) {
    throw new Error(
      "[rumkit] --supervised is internal: the supervisor passes it to its worker. Use --supervise.",
    );
  }
  return {
    ordered: new Promise((resolve) => {
      process.on("message", (message) => {
        if (message === ("drain" satisfies WorkerMessage)) resolve();
      });
      process.on("disconnect", resolve);
    }),
    ready: () => void process.send?.("ready" satisfies WorkerMessage),
    close: () => process.disconnect(),
  };
}

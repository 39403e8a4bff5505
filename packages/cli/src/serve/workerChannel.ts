/** Messages between the supervisor and a worker: "ready" comes from the worker. */
export type WorkerMessage = "ready" | "drain";

/** The worker's end of its channel to the supervisor. */
export interface WorkerChannel {
  /** Resolves when the supervisor asks for the end, or is gone itself. */
  readonly ordered: Promise<void>;
  ready(): void;
  /** Lets go of the channel, which would keep a worker alive that could not start. */
  close(): void;
}

/** Throws where no supervisor started this process. */
export function createWorkerChannel(): WorkerChannel {
  if (!process.send) {
    throw new Error("[rumkit] --supervised is what the supervisor says to its worker. Use --supervise.");
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

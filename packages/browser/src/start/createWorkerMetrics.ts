import type { Catalog } from "@rumkit/protocol";
import { describeError } from "../base/describeError.ts";
import { wireDetails } from "../client/wireDetails.ts";
import type { Metrics } from "../contract/metrics.ts";

/** The client of a worker. */
export type WorkerMetrics<C extends Catalog = Catalog> = Pick<
  Metrics<C>,
  "trackAction" | "trackConversion" | "trackFeature" | "measure"
> & {
  /** Counts an error. Sends its name, message and stack. */
  trackError: (error: unknown) => void;
};

/**
 * Creates the client of a dedicated worker. The page counts its calls, and must watch the worker with
 * `workers(worker)`. Never throws.
 *
 * @example
 * // worker.ts
 * const { trackAction } = createWorkerMetrics<typeof catalog>();
 * // page.ts
 * createMetrics<typeof catalog>({ sources: [workers(worker)] });
 */
export function createWorkerMetrics<C extends Catalog = Catalog>(): WorkerMetrics<C> {
  const call =
    (name: keyof WorkerMetrics) =>
    (...args: unknown[]): void => {
      try {
        // Details as the page would send them: other values, such as functions, may not be cloneable.
        postMessage({ rumkit: [name, ...args.map((arg) => (Object(arg) === arg ? wireDetails(arg) : arg))] });
      } catch {
        // A symbol as the name, or a getter of the details that throws.
      }
    };
  const trackError = (error: unknown): void =>
    call("trackError")(
      {
        name: describeError(error, "name", ""),
        message: describeError(error, "message", error),
        stack: describeError(error, "stack", ""),
      },
      { source: "worker" },
    );
  globalThis.addEventListener?.("unhandledrejection", ({ reason }) => trackError(reason));
  return {
    trackAction: call("trackAction"),
    trackConversion: call("trackConversion"),
    trackFeature: call("trackFeature"),
    measure: call("measure"),
    trackError,
  } as WorkerMetrics<C>;
}

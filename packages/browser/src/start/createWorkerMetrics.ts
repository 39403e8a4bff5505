import type { Catalog } from "@rumkit/protocol";
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
        postMessage({ rumkit: [name, ...args] });
      } catch {
        // Values that cannot be cloned cannot be counted.
      }
    };
  const trackError = (error: unknown): void => {
    const { name, message = String(error), stack } = Object(error) as Partial<Error>;
    call("trackError")({ name, message, stack }, { source: "worker" });
  };
  globalThis.addEventListener?.("unhandledrejection", ({ reason }) => trackError(reason));
  return {
    trackAction: call("trackAction"),
    trackConversion: call("trackConversion"),
    trackFeature: call("trackFeature"),
    measure: call("measure"),
    trackError,
  } as WorkerMetrics<C>;
}

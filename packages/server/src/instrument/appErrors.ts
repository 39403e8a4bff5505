import { types } from "node:util";
import { ERROR_SEVERITIES } from "../metrics/labelValues.ts";
import type { RecordSample } from "../metrics/sample.ts";

/** The severity: `critical` means that someone should be paged. */
type ErrorSeverity = (typeof ERROR_SEVERITIES)[number];

/** Counts an error that the app has caught, in `app_errors_total`. Default severity `error`. Never throws. */
export type TrackError = (error: unknown, details?: { readonly severity?: ErrorSeverity }) => void;

/** The name of a class, as code writes it. Any other text may come from a user. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,63}$/;

export function createTrackError(record: RecordSample): TrackError {
  return (error, details) =>
    record({
      metric: "app_errors_total",
      labels: { error_type: typeOf(error), severity: severityOf(details) },
      value: 1,
    });
}

/**
 * Counts exceptions and rejections that nothing caught. Does not change the behavior of the process, because it
 * listens to `uncaughtExceptionMonitor`. A process that ends with the exception is not scraped any more, so its last
 * exception is visible only if the app handles `uncaughtException` and continues. Returns a function that stops the
 * counting.
 */
export function watchExceptions(record: RecordSample): () => void {
  const watch = (error: unknown, origin: string): void =>
    record({
      metric: "app_exceptions_total",
      labels: { exception_type: typeOf(error), origin },
      value: 1,
    });
  process.on("uncaughtExceptionMonitor", watch);
  return () => void process.off("uncaughtExceptionMonitor", watch);
}

/** Plain JavaScript may pass any value: an unknown severity counts as the default. */
function severityOf(details: unknown): ErrorSeverity {
  try {
    const severity = (details as { readonly severity?: unknown } | null | undefined)?.severity;
    return ERROR_SEVERITIES.find((each) => each === severity) ?? "error";
  } catch {
    return "error";
  }
}

/** Returns the class of an error, from any realm; never its message. */
function typeOf(error: unknown): string {
  try {
    const isError = error instanceof Error || types.isNativeError(error);
    const name: unknown = isError ? error.name : typeof error;
    return typeof name === "string" && CLASS_NAME.test(name) ? name : "other";
  } catch {
    return "other";
  }
}

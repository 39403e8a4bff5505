import { types } from "node:util";
import { ERROR_SEVERITIES } from "../metrics/labelValues.ts";
import type { RecordSample } from "../metrics/sample.ts";

/** How bad it is: `critical` is worth waking somebody. */
type ErrorSeverity = (typeof ERROR_SEVERITIES)[number];

/** Counts an error that the app has caught, in `app_errors_total`. Default severity `error`. Never throws. */
export type TrackError = (error: unknown, details?: { readonly severity?: ErrorSeverity }) => void;

/** The name of a class: what code wrote. Anything else may come from a user. */
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
 * Counts exceptions and rejections that nothing caught, without changing what becomes of the process: an event
 * that only watches (Node's documentation, `uncaughtExceptionMonitor`). A process that ends with it is not
 * scraped any more, so its last exception is seen only where the app handles `uncaughtException` and lives on.
 * Returns what stops it.
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

/** Plain JavaScript may pass anything: what is no severity counts as the default. */
function severityOf(details: unknown): ErrorSeverity {
  try {
    const severity = (details as { readonly severity?: unknown } | null | undefined)?.severity;
    return ERROR_SEVERITIES.find((each) => each === severity) ?? "error";
  } catch {
    return "error";
  }
}

/** The class of an error, of whichever realm; never its message. */
function typeOf(error: unknown): string {
  try {
    const isError = error instanceof Error || types.isNativeError(error);
    const name: unknown = isError ? error.name : typeof error;
    return typeof name === "string" && CLASS_NAME.test(name) ? name : "other";
  } catch {
    return "other";
  }
}

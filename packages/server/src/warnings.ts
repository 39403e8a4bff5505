import type { Rejection } from "./ingest/rejection.ts";
import type { SavedSeries } from "./journal/journal.ts";

/** A count that nobody sees any more is told once: the catalogue may have lost an entry by mistake. */
export function warnOfLeftOut(leftOut: readonly SavedSeries[]): void {
  if (leftOut.length === 0) return;
  const metrics = [...new Set(leftOut.map(({ metric }) => metric))].join(", ");
  const message = `${leftOut.length} series of the journal are not shown, because the catalogue does not describe them any more: ${metrics}.`;
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_LEFT_OUT" });
}

export function warnOfScrape(error: unknown): void {
  const message = `A metric of the app cannot be read: ${String(error)}`;
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_SCRAPE_FAILED" });
}

/** Node prints it on the error output, and an app can listen to `process.on("warning")` instead. */
export function warnOfRejection({ message }: Rejection): void {
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_REJECTED" });
}

import { JournalError } from "./journalError.ts";

/** Throws if a journal belongs to another app than `wanted`. Either may be unknown. */
export function requireApp(path: string, found: string | undefined, wanted: string | undefined): void {
  if (found === undefined || wanted === undefined || found === wanted) return;
  throw new JournalError(
    "other_app",
    `[rumkit] ${path} is the journal of the app "${found}", and this collector counts "${wanted}". Name another file, so that each app has a journal.`,
  );
}

import { type Journal, JournalError } from "./journal.ts";

/** The journals of this process that a collector has, and those that are closed. */
const uses = new WeakMap<object, "taken" | "closed">();

/** Notes that a journal is closed. Call it when its `close` is called. */
export function noteClosed(journal: Journal): void {
  uses.set(journal, "closed");
}

/**
 * Throws a `JournalError` if another collector has this journal, or if it is closed: two collectors would each count what
 * the journal keeps, and a closed one keeps nothing.
 */
export function requireUnused(journal: Journal): void {
  const use = uses.get(journal);
  if (use === "closed")
    throw new JournalError(
      "closed",
      "[rumkit] The journal is closed. A collector that stops closes its journal: open one for each start.",
    );
  if (use === "taken")
    throw new JournalError(
      "locked",
      "[rumkit] Another collector has this journal, and would count the same again. Open one for each collector, and await stop() of the one before.",
    );
}

/** Notes that a collector has this journal. */
export function noteTaken(journal: Journal): void {
  uses.set(journal, "taken");
}

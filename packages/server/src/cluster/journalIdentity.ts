import { randomUUID } from "node:crypto";
import type { Journal } from "../journal/journal.ts";

const SECTION = "cluster";
const KEY = "journal";

/**
 * Returns the identity of a journal: a UUID that is created once and stays with the file. So the owner of a partition is a
 * journal, not a process: it survives restarts, and a process with another disk is another owner.
 *
 * Throws a TypeError for a journal in memory. Rejects with a `JournalError` if the journal cannot keep it.
 */
export async function journalIdentity({
  durable,
  documents,
}: Pick<Journal, "durable" | "documents">): Promise<string> {
  if (!durable || !documents)
    throw new TypeError("[rumkit] An aggregator needs a journal on a disk: openSqliteJournal({ path }).");
  for (const [key, text] of documents.read(SECTION)) if (key === KEY) return text;
  const identity = randomUUID();
  await documents.write([{ section: SECTION, key: KEY, text: identity }]);
  return identity;
}

import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Records } from "../brokers/broker.ts";
import { createSectionSizes } from "../journal/documentSizes.ts";
import type { DocumentChange, KeptDocument, KeptDocuments } from "../journal/keptDocuments.ts";
import { JournalError } from "../journal/journal.ts";
import {
  baseKey,
  type ChangeEntry,
  entryKey,
  linksOf,
  listBases,
  listEntries,
  type LogEntry,
  readSharedDocuments,
} from "./documentLog.ts";

export interface SharedDocumentsOptions {
  readonly records: Records;
  /** Returns the fencing token while this process leads; undefined as soon as it does not. */
  readonly token: () => number | undefined;
  /** Called once, when a write was refused because another process leads. */
  readonly onFenced: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Entries after which the documents are written anew, so that a take-over reads a bounded number of records. */
const MAX_ENTRIES = 300;

/** Milliseconds between the attempts of a write while the log is away. */
const AGAIN_MS = 200;

/**
 * Opens documents that the leaders of one app share over records: each write is the next entry of a log, which only one process
 * can create. Opening adds an entry as well, so from then on a write of an earlier leader finds its place taken: it fails, and
 * the process knows that it does not lead any more.
 *
 * Resolves with undefined if another process leads. Rejects with a `BrokerError` if the log is away.
 */
export async function openSharedDocuments(
  options: SharedDocumentsOptions,
): Promise<KeptDocuments | undefined> {
  const { records, token } = options;
  for (;;) {
    const { documents, next, entries } = await readSharedDocuments(records);
    const leader = token();
    if (leader === undefined) return undefined;
    const opens: LogEntry = { token: leader, id: randomUUID(), opens: true };
    const written = await records.write(entryKey(next), JSON.stringify(opens), 0);
    // Another process was faster: it may have written more.
    if (written !== undefined) return createDocuments(options, { documents, next: next + 1, entries });
  }
}

interface Opened {
  readonly documents: ReadonlyMap<string, KeptDocument>;
  /** The number of the next entry. */
  readonly next: number;
  /** Entries since the documents were written anew. */
  readonly entries: number;
}

interface Waiting {
  readonly changes: readonly DocumentChange[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Documents of one leader. */
function createDocuments(options: SharedDocumentsOptions, opened: Opened): KeptDocuments {
  const found = [...opened.documents.values()];
  const sizes = createSectionSizes(found);
  const writes = createWrites(options, opened);
  return {
    read: (section) =>
      found.filter(([name]) => name === section).map(([, key, text]) => [key, text] as const),
    write: async (changes) => {
      if (writes.isFenced) throw notLeading();
      // A write that is refused later ends the leadership, and the sizes with it.
      sizes.count(changes);
      await writes.add(changes);
    },
  };
}

interface Writes {
  /** True once another process leads. */
  readonly isFenced: boolean;
  /** Resolves when the log has the changes. Rejects with a `JournalError` if another process leads. */
  add(changes: readonly DocumentChange[]): Promise<void>;
}

/** Sends writes one after the other: those that come meanwhile share the next entry. */
function createWrites(options: SharedDocumentsOptions, opened: Opened): Writes {
  const append = createAppend(options, opened.next);
  const written = createWritten(opened);
  let waiting: Waiting[] = [];
  let isWriting = false;
  let isFenced = false;

  const fence = (): void => {
    if (!isFenced) options.onFenced();
    isFenced = true;
    settle(waiting.splice(0), false);
  };
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const sent = waiting;
      waiting = [];
      const changes = sent.flatMap((each) => each.changes);
      const isKept = await append.changes(changes);
      settle(sent, isKept);
      if (!isKept) return fence();
      written.add(changes);
      if (written.isLong && (await append.base(written.documents()))) written.begin();
    }
    // In the turn of the last look at the queue: a write that came in between would wait for the next one.
    isWriting = false;
  };
  return {
    get isFenced() {
      return isFenced;
    },
    add: (changes) =>
      new Promise((resolve, reject) => {
        waiting.push({ changes, resolve, reject });
        if (!isWriting) void writeAll();
      }),
  };
}

function settle(sent: readonly Waiting[], isKept: boolean): void {
  for (const { resolve, reject } of sent) {
    if (isKept) resolve();
    else reject(notLeading());
  }
}

function notLeading(): JournalError {
  return new JournalError("closed", "[rumkit] Another live role leads: it keeps the state of alerts.");
}

/** The documents as the log has them. */
function createWritten(opened: Opened) {
  const current = new Map(opened.documents);
  let { entries } = opened;
  return {
    documents: () => [...current.values()],
    /** True if the documents are to be written anew. */
    get isLong() {
      return entries >= MAX_ENTRIES;
    },
    /** Called after they were. */
    begin: () => {
      entries = 0;
    },
    add: (changes: readonly DocumentChange[]): void => {
      entries += 1;
      for (const { section, key, text } of changes) {
        const name = JSON.stringify([section, key]);
        if (text === undefined) current.delete(name);
        else current.set(name, [section, key, text]);
      }
    },
  };
}

/** Appends to the log. Its functions resolve to false if another process leads. */
function createAppend(
  options: SharedDocumentsOptions,
  from: number,
): {
  readonly changes: (changes: readonly DocumentChange[]) => Promise<boolean>;
  readonly base: (documents: readonly KeptDocument[]) => Promise<boolean>;
} {
  const { records, onFailure } = options;
  let next = from;
  const append = async (entry: ChangeEntry): Promise<boolean> => {
    const isKept = await writeEntry(options, entryKey(next), entry);
    if (isKept) next += 1;
    return isKept;
  };
  return {
    changes: async (changes) => {
      for (const entry of linksOf(changes)) if (!(await append(entry))) return false;
      return true;
    },
    base: async (documents) => {
      const base = next;
      const parts = linksOf(documents.map(([section, key, text]) => ({ section, key, text })));
      try {
        for (const [part, entry] of parts.entries())
          await records.write(baseKey(base, part), JSON.stringify(entry), 0);
        if (!(await append({ id: randomUUID(), base, parts: parts.length }))) return false;
        await removeBefore(records, base);
      } catch (error) {
        // The next one does it.
        onFailure(error);
      }
      return true;
    },
  };
}

/** Writes an entry, again and again while the log is away. Resolves to false if another process leads. */
async function writeEntry(
  { records, token, onFailure }: SharedDocumentsOptions,
  key: string,
  entry: ChangeEntry,
): Promise<boolean> {
  for (;;) {
    const leader = token();
    if (leader === undefined) return false;
    const text = JSON.stringify({ ...entry, token: leader });
    try {
      if ((await records.write(key, text, 0)) !== undefined) return true;
      // Taken: by another leader, or by this entry, whose answer was lost.
      return (await records.read(key))?.text === text;
    } catch (error) {
      onFailure(error);
      await wait(AGAIN_MS, undefined, { ref: false });
    }
  }
}

/** Removes entries and bases that a base replaces. */
async function removeBefore(records: Records, base: number): Promise<void> {
  const old = [...(await listEntries(records)), ...(await listBases(records))].filter(
    ({ number }) => number < base,
  );
  for (const { key, revision } of old) await records.write(key, undefined, revision);
}

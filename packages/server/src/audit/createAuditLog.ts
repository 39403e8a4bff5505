import type { AuditEntry } from "@rumkit/protocol";
import { parseDocuments } from "../journal/documentShape.ts";
import { type DocumentChange, type KeptDocuments, MAX_SECTION_BYTES } from "../journal/keptDocuments.ts";
import type { AuditLog, AuditSelection } from "./audit.ts";
import { fitEntry } from "./fitEntry.ts";

/** Maximum entries: a busy month. In memory a usual one takes half a kilobyte. */
export const MAX_ENTRIES = 10_000;

/** Maximum bytes of all entries as JSON: half of a section of the journal, and a bound of the memory. */
const MAX_BYTES = MAX_SECTION_BYTES / 2;

/** Milliseconds for which entries are kept: a quarter, as long as reviews of incidents look back. */
export const MAX_AGE_MS = 92 * 86_400_000;

const SECTION = "audit";
const SHAPE = { id: "number", at: "number", who: "text", what: "text", about: "text" } as const;

export interface AuditLogOptions {
  readonly documents: KeptDocuments;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called with the reason for which entries could not be kept. They stay in memory, and are tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** The audit log, and what is not durable yet. */
export interface KeptAuditLog extends AuditLog {
  /** Writes what is not durable yet. Resolves when it is, or when the journal has refused it. */
  flush(): Promise<void>;
  /** The id of the newest entry; 0 for none. */
  lastId(): number;
}

interface Kept {
  readonly entry: AuditEntry;
  readonly bytes: number;
}

/**
 * Creates the audit log with the entries from before this start. Ids go on where they ended: the newest entry always
 * stays.
 */
export function createAuditLog({ documents, now, onFailed }: AuditLogOptions): KeptAuditLog {
  const entries = createEntries(readKept(documents), now);
  const writes = createWrites(documents, onFailed);
  let lastId = lastKept(documents);
  return {
    add: (given) => {
      lastId += 1;
      const entry = fitEntry({ id: lastId, ...given });
      const text = JSON.stringify(entry);
      const gone = entries.add({ entry, bytes: Buffer.byteLength(text) });
      writes.add(lastId, text);
      for (const id of gone) writes.add(id, undefined);
      void writes.flush();
    },
    read: (selection) => select(entries.kept, selection),
    flush: writes.flush,
    lastId: () => lastId,
  };
}

/** The entries in memory, within their limits. */
function createEntries(kept: Kept[], now: () => number) {
  let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  const isInExcess = ({ entry }: Kept, length: number): boolean =>
    length > MAX_ENTRIES || bytes > MAX_BYTES || entry.at < now() - MAX_AGE_MS;
  return {
    kept: kept as readonly Kept[],
    /** Returns the ids of the entries that went for it. */
    add: (added: Kept): number[] => {
      kept.push(added);
      bytes += added.bytes;
      let gone = 0;
      while (kept.length - gone > 1 && isInExcess(kept[gone]!, kept.length - gone)) {
        bytes -= kept[gone]!.bytes;
        gone += 1;
      }
      return kept.splice(0, gone).map(({ entry }) => entry.id);
    },
  };
}

/** The changes that are not durable yet, on their way to the journal. */
function createWrites(documents: KeptDocuments, onFailed: AuditLogOptions["onFailed"]) {
  let waiting: DocumentChange[] = [];
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    // A turn later, so that the entries of one tick are one write.
    await Promise.resolve();
    while (waiting.length > 0) {
      const changes = waiting;
      waiting = [];
      try {
        await documents.write(changes);
      } catch (error) {
        waiting = compact([...changes, ...waiting]);
        onFailed(error);
        return;
      }
    }
  };
  return {
    add: (id: number, text: string | undefined): void =>
      void waiting.push({ section: SECTION, key: keyOf(id), text }),
    flush: (): Promise<void> =>
      (writing ??= write().finally(() => {
        writing = undefined;
      })),
  };
}

/** Fixed length, because documents are read in the order of their keys. */
function keyOf(id: number): string {
  return String(id).padStart(15, "0");
}

/** Returns the last change of each document: a journal that fails for days must not fill the memory. */
function compact(changes: readonly DocumentChange[]): DocumentChange[] {
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}

/** The id of the newest entry, whether it can be read or not: another entry must not get it. */
function lastKept(documents: KeptDocuments): number {
  const [key] = [...documents.read(SECTION)].at(-1) ?? [];
  return Number(key ?? 0);
}

function readKept(documents: KeptDocuments): Kept[] {
  return parseDocuments<AuditEntry>(documents.read(SECTION), SHAPE).map(([, entry]) => ({
    entry,
    bytes: Buffer.byteLength(JSON.stringify(entry)),
  }));
}

/** Without `after` the newest entries that match, else the first ones after it; always oldest first. */
function select(kept: readonly Kept[], selection: AuditSelection): AuditEntry[] {
  const { after, limit } = selection;
  const found: AuditEntry[] = [];
  const matches = createMatch(selection);
  if (after !== undefined) {
    for (let index = firstAfter(kept, after); index < kept.length && found.length < limit; index += 1)
      if (matches(kept[index]!.entry)) found.push(kept[index]!.entry);
    return found;
  }
  for (let index = kept.length - 1; index >= 0 && found.length < limit; index -= 1)
    if (matches(kept[index]!.entry)) found.push(kept[index]!.entry);
  return found.toReversed();
}

function firstAfter(kept: readonly Kept[], id: number): number {
  let index = Math.min(kept.length, Math.max(0, id + 1 - (kept[0]?.entry.id ?? 0)));
  // Ids have no gaps but those of entries that could not be read.
  while (index > 0 && kept[index - 1]!.entry.id > id) index -= 1;
  return index;
}

function createMatch({
  from = 0,
  to = Infinity,
  what,
  about,
}: AuditSelection): (entry: AuditEntry) => boolean {
  return (entry) =>
    entry.at >= from &&
    entry.at <= to &&
    (what === undefined || what.includes(entry.what)) &&
    (about === undefined || entry.about === about);
}

import { randomUUID } from "node:crypto";
import { isObject } from "../base/shape.ts";
import type { KeptRecord, Records } from "../brokers/broker.ts";
import type { DocumentChange, KeptDocument } from "../journal/keptDocuments.ts";

/** An entry of the log, before a leader signs it. */
export interface ChangeEntry {
  /** Differs for each entry. */
  readonly id: string;
  readonly changes?: readonly (readonly [section: string, key: string, text: string | null])[];
  /** True if the next entry has the rest: both count together, or not at all. */
  readonly isPart?: boolean;
  /** All documents are in so many records of this base, and earlier entries do not count any more. */
  readonly base?: number;
  readonly parts?: number;
  /** True for the first entry of a leader. */
  readonly opens?: boolean;
}

export interface LogEntry extends ChangeEntry {
  readonly token: number;
}

interface Numbered extends KeptRecord {
  readonly number: number;
}

const ENTRIES = "alerts.log.";
const BASES = "alerts.base.";

/** Digits, so that the order of keys is that of numbers. */
const DIGITS = 12;

export const entryKey = (number: number): string => `${ENTRIES}${String(number).padStart(DIGITS, "0")}`;

export const baseKey = (base: number, part: number): string =>
  `${BASES}${String(base).padStart(DIGITS, "0")}.${String(part).padStart(4, "0")}`;

export const listEntries = (records: Records): Promise<readonly Numbered[]> => list(records, ENTRIES);
export const listBases = (records: Records): Promise<readonly Numbered[]> => list(records, BASES);

async function list(records: Records, prefix: string): Promise<readonly Numbered[]> {
  const found = await records.list(prefix);
  return found.map((record) => ({
    ...record,
    number: Number(record.key.slice(prefix.length).split(".", 1)[0]),
  }));
}

/** Characters of a record: engines allow a megabyte by default, and a character has up to three bytes. */
const MAX_CHARACTERS = 200_000;

/** Divides changes into entries of bounded size. A single document may be larger. */
export function linksOf(changes: readonly DocumentChange[]): ChangeEntry[] {
  const groups: [string, string, string | null][][] = [[]];
  let room = MAX_CHARACTERS;
  for (const { section, key, text = null } of changes) {
    const length = section.length + key.length + (text?.length ?? 0);
    if (length > room && groups.at(-1)!.length > 0) {
      groups.push([]);
      room = MAX_CHARACTERS;
    }
    room -= length;
    groups.at(-1)!.push([section, key, text]);
  }
  return groups.map((group, index) => ({
    id: randomUUID(),
    changes: group,
    ...(index < groups.length - 1 && { isPart: true }),
  }));
}

/** Documents by section and key, and the place of the next entry. */
export interface ReadDocuments {
  readonly documents: Map<string, KeptDocument>;
  readonly next: number;
  /** Entries since the base. */
  readonly entries: number;
}

/** Reads the log. Rejects with a `BrokerError`, or a TypeError for records that are not ours. */
export async function readSharedDocuments(records: Records): Promise<ReadDocuments> {
  for (;;) {
    const found = (await listEntries(records)).map((record) => ({ ...record, entry: readEntry(record) }));
    const begin = found.findLastIndex(({ entry }) => entry.base !== undefined);
    const documents = new Map<string, KeptDocument>();
    const base = found[begin]?.entry;
    // While it was read, a leader replaced the base.
    if (base && !(await readBase(records, base, documents))) continue;
    const entries = found.slice(begin + 1);
    applyAll(
      documents,
      entries.map(({ entry }) => entry),
    );
    return { documents, next: (found.at(-1)?.number ?? 0) + 1, entries: entries.length };
  }
}

async function readBase(
  records: Records,
  { base = 0, parts = 0 }: LogEntry,
  documents: Map<string, KeptDocument>,
): Promise<boolean> {
  for (let part = 0; part < parts; part += 1) {
    const record = await records.read(baseKey(base, part));
    if (!record) return false;
    apply(documents, readEntry(record));
  }
  return true;
}

function applyAll(documents: Map<string, KeptDocument>, entries: readonly LogEntry[]): void {
  let parts: LogEntry[] = [];
  for (const entry of entries) {
    // A leader that did not write the rest: nothing of it counts.
    if (entry.opens === true) parts = [];
    parts.push(entry);
    if (entry.isPart === true) continue;
    for (const part of parts) apply(documents, part);
    parts = [];
  }
}

function apply(documents: Map<string, KeptDocument>, { changes = [] }: ChangeEntry): void {
  for (const [section, key, text] of changes) {
    const name = JSON.stringify([section, key]);
    if (text === null) documents.delete(name);
    else documents.set(name, [section, key, text]);
  }
}

function readEntry({ key, text }: KeptRecord): LogEntry {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || typeof value["id"] !== "string")
    throw new TypeError(`[rumkit] The record ${key} of the log is not an entry of alerts.`);
  return value as unknown as LogEntry;
}

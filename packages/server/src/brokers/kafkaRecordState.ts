import { isObject } from "../base/shape.ts";
import type { KeptRecord } from "./broker.ts";

/** A write, as it stands in the log under a name that no other write has. */
export interface RecordWrite {
  readonly key: string;
  /** The revision that it replaces; 0 for a key that was never written. */
  readonly replaces: number;
  /** Undefined: the record is removed. */
  readonly text?: string | undefined;
}

interface Current extends RecordWrite {
  readonly name: string;
  readonly revision: number;
}

/**
 * The records that a log of writes describes. Of the writes that replace the same revision, the first one counts: it is not
 * current after that. So the current write of a key is the first of those that replace the highest revision, which stays true when
 * Kafka has removed the writes before it.
 */
export class KafkaRecordState {
  readonly #current = new Map<string, Current>();
  /** Names of writes that do not count, or no longer, by key. */
  readonly #stale = new Map<string, Set<string>>();

  /** Takes the next write of the log. Returns true if it counts. A write without a body was removed. */
  apply(name: string, value: Buffer | null, revision: number): boolean {
    if (value === null) {
      this.#stale.get(keyOf(name))?.delete(name);
      return false;
    }
    const write = parseWrite(value);
    if (!write) return false;
    const current = this.#current.get(write.key);
    const counts = !current || write.replaces > current.replaces;
    if (!counts) this.#addStale(write.key, name);
    else {
      if (current) this.#addStale(write.key, current.name);
      this.#current.set(write.key, { ...write, name, revision });
    }
    return counts;
  }

  read(key: string): KeptRecord | undefined {
    const current = this.#current.get(key);
    if (current?.text === undefined) return undefined;
    return { key, text: current.text, revision: current.revision };
  }

  list(prefix: string): readonly KeptRecord[] {
    const keys = [...this.#current.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    return keys.map((key) => this.read(key)).filter((record) => record !== undefined);
  }

  /** Returns the revision that the next write of a key replaces: a removed record has one, too. */
  revisionOf(key: string): number {
    return this.#current.get(key)?.revision ?? 0;
  }

  /** Returns names of writes of this key that Kafka may remove. */
  staleOf(key: string): readonly string[] {
    return [...(this.#stale.get(key) ?? [])];
  }

  #addStale(key: string, name: string): void {
    const names = this.#stale.get(key) ?? new Set();
    this.#stale.set(key, names.add(name));
  }
}

/** Returns the name of a write: its key, and what makes it different from all others. */
export const nameWrite = (key: string, id: string): string => `${key} ${id}`;

const keyOf = (name: string): string => name.slice(0, name.indexOf(" "));

export const formatWrite = (write: RecordWrite): Buffer => Buffer.from(JSON.stringify(write));

/** Returns undefined for bytes that something else wrote. */
function parseWrite(value: Buffer): RecordWrite | undefined {
  let write: unknown;
  try {
    write = JSON.parse(value.toString());
  } catch {
    return undefined;
  }
  if (!isObject(write)) return undefined;
  const { key, replaces, text } = write;
  const isSound =
    typeof key === "string" &&
    Number.isSafeInteger(replaces) &&
    (text === undefined || typeof text === "string");
  return isSound ? (write as unknown as RecordWrite) : undefined;
}

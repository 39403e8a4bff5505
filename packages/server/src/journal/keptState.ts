import { type DocumentShape, parseDocuments } from "./documentShape.ts";
import type { DocumentChange, KeptDocuments } from "./keptDocuments.ts";

/** Writes state of alerts, and holds on to what a failing journal refused. */
export interface KeptState {
  /** The documents of a section from before this start, parsed. One that is not JSON, or has another shape, is left out. */
  read<T>(section: string, shape: DocumentShape): [key: string, value: T][];
  /**
   * Resolves to true when the changes are durable, to false if the journal refused them or has not answered for five seconds:
   * notices are sent all the same, because a disk that fails is what people must hear of. What was refused is written with
   * the next changes.
   */
  write(changes: readonly DocumentChange[]): Promise<boolean>;
  /**
   * For what a person has decided: resolves to true when the changes are durable, else to false, and then they have not happened.
   * `undo` is written with the next changes, because a write that failed late may be in the file all the same.
   */
  decide(changes: readonly DocumentChange[], undo: readonly DocumentChange[]): Promise<boolean>;
  /** Number of changes that are not durable because the journal refused them. */
  readonly refused: number;
}

/** Milliseconds after which a disk hangs: far more than a busy one needs, and less than people would miss. */
const MAX_WAIT_MS = 5_000;

export function createKeptState(documents: KeptDocuments, onFailed: (error: unknown) => void): KeptState {
  /** The newest change of each document that was refused. */
  const refused = new Map<string, DocumentChange>();
  /** The number of the newest write of each document that is on its way. */
  const newest = new Map<string, number>();
  let writes = 0;

  return {
    read: <T>(section: string, shape: DocumentShape) => parseDocuments<T>(documents.read(section), shape),
    get refused() {
      return refused.size;
    },
    decide: async (changes, undo) => {
      const isKept = await orFalseAfter(MAX_WAIT_MS, tryWrite(documents, changes, onFailed));
      if (!isKept) for (const change of undo) refused.set(keyOf(change), change);
      return isKept;
    },
    write: async (changes) => {
      for (const change of changes) refused.set(keyOf(change), change);
      if (refused.size === 0) return true;
      const sent = [...refused];
      refused.clear();
      writes += 1;
      const number = writes;
      for (const [key] of sent) newest.set(key, number);
      const settle = (isKept: boolean): boolean => {
        for (const [key, change] of sent) {
          // A later write has the newer text.
          if (newest.get(key) !== number) continue;
          newest.delete(key);
          if (!isKept && !refused.has(key)) refused.set(key, change);
        }
        return isKept;
      };
      const all = sent.map(([, change]) => change);
      return orFalseAfter(MAX_WAIT_MS, tryWrite(documents, all, onFailed).then(settle));
    },
  };
}

async function tryWrite(
  documents: KeptDocuments,
  changes: readonly DocumentChange[],
  onFailed: (error: unknown) => void,
): Promise<boolean> {
  try {
    await documents.write(changes);
    return true;
  } catch (error) {
    onFailed(error);
    return false;
  }
}

async function orFalseAfter(ms: number, written: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([written, late]);
  } finally {
    clearTimeout(timer);
  }
}

function keyOf({ section, key }: DocumentChange): string {
  return JSON.stringify([section, key]);
}

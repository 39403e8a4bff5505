import type { KeyBlock } from "./keyBlock.ts";
import { KEY_WORDS } from "./keyDigest.ts";
import { type Sender, SENDERS } from "./keyMemory.ts";
import type { KeyRow, Rows } from "./rows.ts";

/** 48 KB per row. Each checkpoint rewrites the last row until it is full. */
const WORDS_PER_ROW = 2048 * KEY_WORDS;

/** Two rows per step of a checkpoint, which also bounds the disk space that it needs. */
const WORDS_IN_STEP = 2 * WORDS_PER_ROW;

/** The keys in the rows of the file, and the keys that only the log has. */
export interface KeyRows {
  /** Remembers the keys of a group. */
  add(seq: number, blocks: readonly KeyBlock[]): void;
  /** The last group up to `upTo` whose keys fit one step, together with the keys of the groups before it. */
  sliceEnd(upTo: number): number;
  /** Writes the keys of all groups up to `upTo`, and removes the keys of forgotten generations. */
  write(upTo: number, rows: Rows): void;
}

type Origin = Omit<KeyBlock, "words">;

/** A written row. A full row does not hold its keys any more, because none are added to it. */
interface WrittenRow extends Origin {
  readonly id: number;
  readonly checksum: number;
  readonly open: KeyRow | undefined;
}

/** A group whose keys only the log has. */
interface WaitingGroup {
  readonly seq: number;
  readonly blocks: readonly KeyBlock[];
}

export function createKeyRows(found: readonly KeyRow[]): KeyRows {
  let written = found.map(toWrittenRow);
  let waiting: WaitingGroup[] = [];
  let nextId = (found.at(-1)?.id ?? 0) + 1;
  const { see, isForgotten } = createGenerations();
  for (const row of written) see(row);

  const writeBlock = (block: KeyBlock, rows: Rows): void => {
    const last = written.findLast((row) => row.open !== undefined && isSameGeneration(row, block));
    const words = last?.open ? joinWords([last.open.block.words, block.words]) : block.words;
    written = written.filter((row) => row !== last);
    for (let at = 0; at < words.length; at += WORDS_PER_ROW) {
      const part = { ...block, words: words.slice(at, at + WORDS_PER_ROW) };
      const before = at === 0 ? last : undefined;
      written.push(toWrittenRow(rows.writeKeys(before?.id ?? nextId++, part, before?.checksum)));
    }
  };

  return {
    add: (seq, blocks) => {
      waiting.push({ seq, blocks });
      for (const block of blocks) see(block);
    },
    sliceEnd: (upTo) => endOfStep(waiting, upTo),
    write: (upTo, rows) => {
      const due = waiting.filter(({ seq }) => seq <= upTo).flatMap(({ blocks }) => blocks);
      waiting = waiting.filter(({ seq }) => seq > upTo);
      for (const block of joinBlocks(due)) if (!isForgotten(block)) writeBlock(block, rows);
      for (const row of written.filter(isForgotten)) rows.removeKeys(row.id, row.checksum);
      written = written.filter((row) => !isForgotten(row));
    },
  };
}

/** Returns the last group whose keys fit one step together with the keys of the groups before it; at most `upTo`. */
function endOfStep(waiting: readonly WaitingGroup[], upTo: number): number {
  let words = 0;
  for (const { seq, blocks } of waiting) {
    if (seq > upTo) break;
    words += blocks.reduce((sum, block) => sum + block.words.length, 0);
    if (words >= WORDS_IN_STEP) return seq;
  }
  return upTo;
}

/** Finds forgotten keys: the ones older than the two newest generations of their sender. */
function createGenerations(): { see(origin: Origin): void; isForgotten(origin: Origin): boolean } {
  const newest: Record<Sender, number> = { page: 0, server: 0 };
  return {
    see: ({ from, generation }) => {
      newest[from] = Math.max(newest[from], generation.number);
    },
    isForgotten: ({ from, generation }) => generation.number < newest[from] - 1,
  };
}

function toWrittenRow(row: KeyRow): WrittenRow {
  const { from, generation, words } = row.block;
  const open = words.length < WORDS_PER_ROW ? row : undefined;
  return { id: row.id, checksum: row.checksum, from, generation, open };
}

function isSameGeneration(a: Origin, b: KeyBlock): boolean {
  return a.from === b.from && a.generation.number === b.generation.number;
}

/** One block for each sender and generation. */
function joinBlocks(blocks: readonly KeyBlock[]): KeyBlock[] {
  return SENDERS.flatMap((from) => {
    const own = blocks.filter((block) => block.from === from);
    return [...new Set(own.map(({ generation }) => generation.number))].map((number) => {
      const same = own.filter(({ generation }) => generation.number === number);
      return { ...same[0]!, words: joinWords(same.map(({ words }) => words)) };
    });
  });
}

function joinWords(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  return words;
}

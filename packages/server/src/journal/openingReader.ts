import { buffersOfKeyTable, createKeyTable, emptyKeyTable, fillKeyTable } from "./keyTable.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import type { KeptDocument } from "./keptDocuments.ts";
import type { KeyBlock } from "./keyBlock.ts";
import { type KeyMemoryImage, type Sender, SENDERS } from "./keyMemory.ts";
import type { SqliteStore, StoreReader } from "./sqliteStore.ts";
import type { OpenedJournal } from "./journalThreadHandle.ts";
import { encodeTotal, packSaved } from "./total.ts";

/** Collects the data of an opened journal for the main thread. */
export interface OpeningReader extends StoreReader {
  /** Returns the data, and the buffers to transfer with it. */
  finish(store: Pick<SqliteStore, "ledger" | "app">): { journal: OpenedJournal; transfer: ArrayBuffer[] };
}

export function createOpeningReader(): OpeningReader {
  const definitions = new Map<number, Uint8Array>();
  const documents: KeptDocument[] = [];
  const blocks: Record<Sender, KeyBlock[]> = { page: [], server: [] };
  return {
    series: (id, definition) => void definitions.set(id, definition),
    keys: (block) => void blocks[block.from].push(block),
    document: (document) => void documents.push(document),
    finish: ({ ledger, app }) => {
      const present = [...ledger.totals.values()].filter((total) => !total.gone);
      const journal: OpenedJournal = {
        saved: packSaved(
          present.map((total) => ({ definition: definitions.get(total.id)!, total: encodeTotal(total) })),
        ),
        series: seriesIds(present.map(({ id }) => [id, Buffer.from(definitions.get(id)!).toString()])),
        app,
        documents,
        nextSeriesId: [...ledger.totals.keys()].reduce((last, id) => Math.max(last, id), 0) + 1,
        keys: { page: toMemory(blocks.page), server: toMemory(blocks.server) },
      };
      return { journal, transfer: buffersOf(journal) };
    },
  };
}

/** A table that maps the definition of a series to its id. */
function seriesIds(series: readonly (readonly [number, string])[]): OpenedJournal["series"] {
  const table = createKeyTable(emptyKeyTable(series.length));
  const words = new Uint32Array(KEY_WORDS);
  for (const [id, definition] of series) {
    writeKey(words, 0, definition, undefined);
    words[4] = id;
    table.set(words, 0);
  }
  return table.image();
}

function toMemory(blocks: readonly KeyBlock[]): KeyMemoryImage {
  const number = blocks.reduce((newest, { generation }) => Math.max(newest, generation.number), 0);
  const of = (wanted: number) => blocks.filter(({ generation }) => generation.number === wanted);
  const since = of(number).reduce((first, { generation }) => Math.min(first, generation.since), Infinity);
  const tableOf = (wanted: number) => fillKeyTable(of(wanted).map(({ words }) => words)).image();
  return { number, since, young: tableOf(number), old: tableOf(number - 1) };
}

function buffersOf({ saved, series, keys }: OpenedJournal): ArrayBuffer[] {
  const tables = [series, ...SENDERS.flatMap((from) => [keys[from].young, keys[from].old])];
  return [saved.buffer, ...tables.flatMap(buffersOfKeyTable)];
}

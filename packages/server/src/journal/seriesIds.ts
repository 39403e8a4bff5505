import type { Series } from "../metrics/seriesStore.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { createKeyTable } from "./keyTable.ts";
import { MAX_SERIES_ID, type RecordWriter } from "./records.ts";
import { defineSeries } from "./total.ts";
import type { OpenedJournal } from "./journalThreadHandle.ts";

/** The integer ids of series in a journal. */
export interface SeriesIds {
  /** The cached id of a series, or 0. */
  cached(series: Series): number;
  /** The id of a series. Defines a new series in `writer` first. */
  of(series: Series, writer: RecordWriter): number;
  /** The id of a series, or undefined if the journal does not know it. */
  known(series: Series): number | undefined;
  /** Forgets a folded series: if it comes again, it begins at 0. */
  forget(series: Series): void;
}

export function createSeriesIds(opened: Pick<OpenedJournal, "series" | "nextSeriesId">): SeriesIds {
  const definitions = createDefinitionIds(opened);
  const owner = {};
  const cached = (series: Series): number => (series.keptBy === owner ? series.keptAs : 0);

  return {
    cached,
    of: (series, writer) => {
      const known = cached(series);
      if (known !== 0) return known;
      const definition = defineSeries(series);
      const id = definitions.find(definition) || definitions.add(definition, writer);
      series.keptBy = owner;
      series.keptAs = id;
      return id;
    },
    known: (series) => cached(series) || definitions.find(defineSeries(series)) || undefined,
    forget: (series) => {
      series.keptBy = undefined;
      definitions.set(defineSeries(series), NO_ID);
    },
  };
}

/** Not an id: the value of an unknown definition, and of a series that has folded. */
const NO_ID = 0;

/** Ids by definition, from the file: a series of this run continues the one of earlier runs. */
interface DefinitionIds {
  /** The id of a definition, or `NO_ID`. */
  find(definition: string): number;
  set(definition: string, id: number): void;
  /** Gives a definition the next id, and writes that. */
  add(definition: string, writer: RecordWriter): number;
}

function createDefinitionIds(opened: Pick<OpenedJournal, "series" | "nextSeriesId">): DefinitionIds {
  const table = createKeyTable(opened.series);
  const words = new Uint32Array(KEY_WORDS);
  let next = opened.nextSeriesId;

  const set = (definition: string, id: number): void => {
    writeKey(words, 0, definition, undefined);
    words[4] = id;
    table.set(words, 0);
  };
  return {
    set,
    find: (definition) => {
      writeKey(words, 0, definition, undefined);
      return Math.max(NO_ID, table.get(words, 0));
    },
    add: (definition, writer) => {
      const id = next;
      if (id >= MAX_SERIES_ID) throw new RangeError("[rumkit] The journal has no ids left for new series.");
      next += 1;
      set(definition, id);
      writer.define(id, definition);
      return id;
    },
  };
}

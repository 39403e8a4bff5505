import type { Series } from "../metrics/seriesStore.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { createKeyTable } from "./keyTable.ts";
import { MAX_SERIES_ID, type RecordWriter } from "./records.ts";
import { defineSeries } from "./seriesDefinition.ts";
import type { OpenedJournal } from "./threadMessages.ts";

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
  /** Ids by definition, from the file: a series of this run continues the one of earlier runs. */
  const byDefinition = createKeyTable(opened.series);
  const owner = {};
  const words = new Uint32Array(KEY_WORDS);
  let next = opened.nextSeriesId;

  const setDefinition = (definition: string, id: number): void => {
    writeKey(words, 0, definition, undefined);
    words[4] = id;
    byDefinition.set(words, 0);
  };
  /** Returns 0, which is not an id, for an unknown definition or a folded series. */
  const findDefinition = (definition: string): number => {
    writeKey(words, 0, definition, undefined);
    return Math.max(0, byDefinition.get(words, 0));
  };
  const define = (definition: string, writer: RecordWriter): number => {
    const id = next;
    if (id >= MAX_SERIES_ID) throw new RangeError("[rumkit] The journal has no ids left for new series.");
    next += 1;
    setDefinition(definition, id);
    writer.define(id, definition);
    return id;
  };

  const cached = (series: Series): number => (series.keptBy === owner ? series.keptAs : 0);

  return {
    cached,
    of: (series, writer) => {
      const known = cached(series);
      if (known !== 0) return known;
      const definition = defineSeries(series);
      const id = findDefinition(definition) || define(definition, writer);
      series.keptBy = owner;
      series.keptAs = id;
      return id;
    },
    known: (series) => cached(series) || findDefinition(defineSeries(series)) || undefined,
    forget: (series) => {
      series.keptBy = undefined;
      setDefinition(defineSeries(series), 0);
    },
  };
}

import type { Series } from "../metrics/seriesStore.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { createKeyTable } from "./keyTable.ts";
import { MAX_SERIES_ID, type RecordWriter } from "./records.ts";
import { defineSeries } from "./seriesDefinition.ts";
import type { OpenedJournal } from "./threadMessages.ts";

/** The small integers that stand for series in a journal. */
export interface SeriesIds {
  /** The id of a series that was asked for before, or 0. */
  cached(series: Series): number;
  /** The id of a series. A series that the journal does not know is defined in `writer` first. */
  of(series: Series, writer: RecordWriter): number;
  /** The id of a series that the journal knows. */
  known(series: Series): number | undefined;
  /** Forgets a series that was folded away: should it come again, it begins at 0. */
  forget(series: Series): void;
}

export function createSeriesIds(opened: Pick<OpenedJournal, "series" | "nextSeriesId">): SeriesIds {
  /** By definition, as the file has them: a series of this run finds what it counted before. */
  const byDefinition = createKeyTable(opened.series);
  const owner = {};
  const words = new Uint32Array(KEY_WORDS);
  let next = opened.nextSeriesId;

  const setDefinition = (definition: string, id: number): void => {
    writeKey(words, 0, definition, undefined);
    words[4] = id;
    byDefinition.set(words, 0);
  };
  /** 0 is no id: of a definition that is not there, or was folded away. */
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

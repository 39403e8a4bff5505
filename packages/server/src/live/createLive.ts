import type { Catalog, LiveAlertState } from "@rumkit/protocol";
import { learnedNamesAtMost } from "../catalog/names.ts";
import type { Calendar } from "../history/calendar.ts";
import { createComparisons } from "../history/comparisons.ts";
import type { History } from "../history/history.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createBoard } from "./board.ts";
import { createCurrentValues } from "./currentValues.ts";
import { createDeclaredFigures } from "./declaredFigures.ts";
import { createDurations, type Durations } from "./durations.ts";
import { createFeed, type Feed } from "./feed.ts";
import { columnOf, createFigureKinds, type Figure } from "./figure.ts";
import { describeFigures } from "./figures.ts";
import { primaryConversion } from "../catalog/primaryConversion.ts";
import { createQueries } from "./queries.ts";
import { createSeenFigures } from "./seenFigures.ts";
import { createVitalTables, type VitalTables } from "./vitalTables.ts";
import { createWindows, type Windows } from "./windows.ts";

export interface LiveOptions {
  readonly catalog: Catalog;
  readonly recorder: Recorder;
  readonly scrub: Scrubber;
  readonly history: History;
  readonly calendar: Calendar;
  /** Milliseconds since 1970 that never go back. */
  readonly now: () => number;
  /** Returns the state of the alerts; undefined while none are evaluated. Default undefined. */
  readonly alerts?: (() => LiveAlertState | undefined) | undefined;
}

/** The sources of the live page. */
export interface Live {
  readonly feed: Feed;
  readonly durations: Durations;
  readonly vitals: VitalTables;
}

/**
 * Connects the live page to the recorder: every sample goes into the windows of the figures and the frames of the
 * viewers.
 */
export function createLive(options: LiveOptions): Live {
  const { catalog, recorder, scrub, history, calendar, now, alerts } = options;
  const windows = createWindows();
  const durations = createDurations(catalog, windows);
  const vitals = createVitalTables(windows, now);
  const { kinds, figures, layout } = createFigures(options, windows);
  const compared = createCompared();
  const enter = (figure: Figure): void => {
    history.add(columnOf(figure));
    compared.add(figure);
  };
  figures.forEach(enter);
  const comparisons = createComparisons(history, calendar);
  const board = createBoard({
    catalog,
    windows,
    history,
    comparisons,
    compared: compared.names,
    now,
    alerts,
    layout,
  });
  const { totalOf, totals } = recorder;
  const feed = createFeed({ app: catalog.app, board, figures, totalOf, totals, scrub, now });
  const figuresFor = createSeenFigures({
    kinds,
    figures,
    learns: learnedNamesAtMost(catalog) > 0,
    goal: primaryConversion(catalog),
  });
  const onNewSeries = (series: Series): void => {
    for (const { figure, before } of figuresFor(series)) {
      enter(figure);
      feed.addFigure(figure, before);
    }
  };
  follow(recorder, { onNewSeries, windows, change: feed.change, now });
  return { feed, durations, vitals };
}

/** The figures that are known before anything is counted, and where those stand that the catalog declares. */
function createFigures({ catalog, recorder, history }: LiveOptions, windows: Windows) {
  const descriptors = descriptorsOf(recorder);
  const kinds = createFigureKinds({
    windows,
    queries: createQueries(catalog.app, descriptors),
    ...createCurrentValues(recorder),
    today: history.today,
  });
  const declared = createDeclaredFigures(catalog, descriptors, kinds);
  const figures = [...describeFigures(catalog, kinds), ...declared.figures];
  return { kinds, figures, layout: declared.layout };
}

function descriptorsOf({ families }: Recorder): Map<string, MetricDescriptor> {
  return new Map(families.map(({ descriptor }) => [descriptor.name, descriptor]));
}

interface Followers {
  readonly onNewSeries: (series: Series) => void;
  readonly windows: Windows;
  readonly change: Feed["change"];
  readonly now: () => number;
}

/** Puts every sample into the windows that read it, and its series into the next frame. */
function follow(recorder: Recorder, { onNewSeries, windows, change, now }: Followers): void {
  recorder.onCount((series) => {
    onNewSeries(series);
    const add = windows.adderOf(series);
    if (!add) return change;
    return (changed, value, times) => {
      add(Math.floor(now() / 1000), value, times, changed);
      change(changed);
    };
  });
  // Viewers get 0 for a series that has ended, so that their sums stay correct.
  recorder.onEnd(change);
}

/** The figures that are compared with earlier days: totals of today, and states of the moment. */
function createCompared() {
  const names: string[] = [];
  return {
    add: ({ description: { name, period, partOf } }: Figure): void => {
      if (period !== undefined && !partOf) names.push(name);
    },
    names: () => names,
  };
}

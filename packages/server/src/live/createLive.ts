import type { Catalog } from "@rumkit/protocol";
import type { Recorder } from "../metrics/recorder.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createFeed, type Feed } from "./feed.ts";
import {
  currenciesOf,
  describeFigures,
  ERROR_RATE,
  type FigureInputs,
  REVENUE,
  revenueFigure,
} from "./figures.ts";
import { createWindows, hasLabels } from "./windows.ts";

/**
 * Connects the live page to the recorder: every sample goes into the windows of the figures and the frames of the
 * viewers.
 */
export function createLive(catalog: Catalog, recorder: Recorder, scrub: Scrubber, now: () => number): Feed {
  const windows = createWindows();
  const inputs: FigureInputs = { windows, gauge: recorder.gauge, hasCounted: createHasCounted(recorder) };
  const currencies = new Set(currenciesOf(catalog));
  const feed = createFeed({
    app: catalog.app,
    figures: describeFigures(catalog, inputs),
    totalOf: recorder.totalOf,
    totals: recorder.totals,
    scrub,
    now,
  });
  /** Adds the figure of a currency with its first amount, if no catalog declares currencies. */
  const seeCurrency = ({ descriptor, labels: { currency } }: Series): void => {
    if (descriptor.name !== REVENUE || currency === undefined || currencies.has(currency)) return;
    currencies.add(currency);
    feed.addFigure(revenueFigure(currency, inputs), ERROR_RATE);
  };
  recorder.onCount((series) => {
    seeCurrency(series);
    const add = windows.adderOf(series);
    if (!add) return feed.change;
    return (changed, value, times) => {
      add(Math.floor(now() / 1000), value, times, changed);
      feed.change(changed);
    };
  });
  // Viewers get 0 for a series that has ended, so that their sums stay correct.
  recorder.onEnd(feed.change);
  return feed;
}

function createHasCounted({ families, totalOf }: Recorder): FigureInputs["hasCounted"] {
  return (metric, labels = {}) => {
    const family = families.find(({ descriptor }) => descriptor.name === metric);
    return [...(family?.series ?? [])].some(
      (series) => hasLabels(series.labels, labels) && totalOf(series).value > 0,
    );
  };
}

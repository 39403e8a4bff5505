import type { Labels } from "../metrics/descriptor.ts";
import { isHistogram, type Series } from "../metrics/seriesStore.ts";
import { createSecondRing } from "./secondRing.ts";
import { createSketchWindow, type SketchWindow } from "./sketchWindow.ts";

/** Seconds that are kept: the longest window that the live page offers. */
export const WINDOW_SECONDS = 900;

/** Maximum values of a label that get separate windows: more than a large app has routes. */
const MAX_GROUPS = 400;

/** Seconds of one sketch of a group, so that a route has 90 sketches instead of 900. */
const GROUP_SKETCH_SECONDS = 10;

/** The series that a window reads. */
export interface WindowSource {
  readonly metric: string;
  /** Only series with these labels. A list selects each of its values. */
  readonly labels?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Only series whose label matches the pattern as a whole, as `=~` of PromQL. */
  readonly matching?: { readonly label: string; readonly pattern: string } | undefined;
}

/** The last 15 minutes of counters, second by second. */
export interface CountWindow {
  /** Returns the count of the seconds `from` to `to`, both included; money in minor units. */
  between(from: number, to: number): number;
}

/** The last 15 minutes of a histogram's observations, counted by two limits. */
interface RatedWindow {
  /** Observations up to `good`, above it up to `poor`, and above `poor`. */
  between(from: number, to: number): readonly [good: number, between: number, poor: number];
}

/** The last 15 minutes of the metrics that figures read. Memory does not grow with the number of series. */
export interface Windows {
  /** Opens a window over counters, and over the observations of histograms. It counts samples from now on. */
  counts(...sources: readonly WindowSource[]): CountWindow;
  /**
   * Opens the window of a histogram: 4 MB at most, when every second has hundreds of different observations. `scale` moves
   * its values into the range of a sketch, 0.001 to 600. Default 1.
   */
  quantiles(source: WindowSource, scale?: number): SketchWindow;
  /** Opens a window that counts the observations of a histogram by two limits, exactly. */
  rated(source: WindowSource, good: number, poor: number): RatedWindow;
  /** Opens a window over counters for each value of a label. */
  countsBy(label: string, ...sources: readonly WindowSource[]): ReadonlyMap<string, CountWindow>;
  /** Opens a window over a histogram for each value of a label, in steps of ten seconds. */
  quantilesBy(label: string, source: WindowSource): ReadonlyMap<string, SketchWindow>;
  /** Opens a window that `create` makes over a histogram for each value of a label. */
  observedBy<W extends { readonly add: AddToWindow }>(
    label: string,
    source: WindowSource,
    create: () => W,
  ): ReadonlyMap<string, W>;
  /** Returns a function that adds a sample of a series to every open window that reads it; undefined if none does. */
  adderOf(series: Series): AddToWindow | undefined;
}

type AddToWindow = (second: number, value: number, times: number, series: Series) => void;

/** Returns the function for a series, or undefined if there is no room for it. */
type AdderOf = (series: Series) => AddToWindow | undefined;

export function createWindows(): Windows {
  const { open, adderOf } = createSubscriptions();
  const share = createShare();
  const observedBy: Windows["observedBy"] = (label, source, create) => {
    const groups = createGroups(label, create);
    open([source], (series) => groups.of(series)?.add);
    return groups.all;
  };
  return {
    counts: (...sources) =>
      share(["counts", sources], () => {
        const ring = createSecondRing(WINDOW_SECONDS);
        open(sources, (series) => counting(series, ring));
        return ring;
      }),
    quantiles: (source, scale = 1) => {
      const window = createSketchWindow(WINDOW_SECONDS);
      open([source], () => scaled(window.add, scale));
      return window;
    },
    rated: (source, good, poor) =>
      share(["rated", source, good, poor], () => {
        const window = createRated(good, poor);
        open([source], () => window.add);
        return window;
      }),
    countsBy: (label, ...sources) => {
      const groups = createGroups(label, () => createSecondRing(WINDOW_SECONDS));
      open(sources, (series) => counting(series, groups.of(series)));
      return groups.all;
    },
    quantilesBy: (label, source) => {
      const length = WINDOW_SECONDS / GROUP_SKETCH_SECONDS;
      return observedBy(label, source, () => createSketchWindow(length, GROUP_SKETCH_SECONDS));
    },
    observedBy,
    adderOf,
  };
}

function scaled(add: SketchWindow["add"], scale: number): AddToWindow {
  return scale === 1 ? add : (second, value, times) => add(second, value * scale, times);
}

/** The sources that open windows read. */
function createSubscriptions() {
  const byMetric = new Map<string, { source: WindowSource; adderOf: AdderOf }[]>();
  return {
    open: (sources: readonly WindowSource[], adderOf: AdderOf): void => {
      for (const source of sources)
        byMetric.set(source.metric, [...(byMetric.get(source.metric) ?? []), { source, adderOf }]);
    },
    adderOf: (series: Series): AddToWindow | undefined => {
      const windows = byMetric.get(series.descriptor.name) ?? [];
      const adders = windows.flatMap(({ source, adderOf }) =>
        isOf(series.labels, source) ? (adderOf(series) ?? []) : [],
      );
      return oneOf(adders);
    },
  };
}

/** Windows that are open, by what they read: two figures share one, so that a sample is added once. */
function createShare() {
  const shared = new Map<string, unknown>();
  return <W>(key: readonly unknown[], create: () => W): W => {
    const text = JSON.stringify(key);
    if (!shared.has(text)) shared.set(text, create());
    return shared.get(text) as W;
  };
}

type SecondCounter = ReturnType<typeof createSecondRing>;

function createRated(good: number, poor: number): RatedWindow & { add: AddToWindow } {
  const low = createSecondRing(WINDOW_SECONDS);
  const middle = createSecondRing(WINDOW_SECONDS);
  const high = createSecondRing(WINDOW_SECONDS);
  return {
    add: (second, value, times) => {
      (value <= good ? low : value <= poor ? middle : high).add(second, times);
    },
    between: (from, to) => [low.between(from, to), middle.between(from, to), high.between(from, to)],
  };
}

/** For a histogram, the number of observations counts, not their sum. */
function counting(series: Series, ring: SecondCounter | undefined): AddToWindow | undefined {
  if (!ring) return undefined;
  return isHistogram(series)
    ? (second, _value, times) => ring.add(second, times)
    : (second, value, times) => ring.add(second, value * times);
}

/** Combines several functions into one, because direct calls are faster than a loop. */
function oneOf(adders: readonly AddToWindow[]): AddToWindow | undefined {
  const [first, next, ...others] = adders;
  if (!first || !next) return first;
  if (others.length === 0)
    return (second, value, times, series) => {
      first(second, value, times, series);
      next(second, value, times, series);
    };
  const rest = oneOf([next, ...others])!;
  return (second, value, times, series) => {
    first(second, value, times, series);
    rest(second, value, times, series);
  };
}

/** Windows by the value of a label, up to `MAX_GROUPS` of them. */
function createGroups<W>(label: string, create: () => W) {
  const all = new Map<string, W>();
  return {
    all: all as ReadonlyMap<string, W>,
    of: ({ labels }: Series): W | undefined => {
      const value = labels[label];
      if (value === undefined) return undefined;
      const found = all.get(value);
      if (found || all.size >= MAX_GROUPS) return found;
      const created = create();
      all.set(value, created);
      return created;
    },
  };
}

/** Returns true for labels that the source reads. */
export function isOf(labels: Labels, { labels: wanted = {}, matching }: WindowSource): boolean {
  const has = (name: string, value: string | readonly string[]): boolean =>
    typeof value === "string" ? labels[name] === value : value.includes(labels[name] ?? "");
  if (!Object.entries(wanted).every(([name, value]) => has(name, value))) return false;
  return !matching || new RegExp(`^(?:${matching.pattern})$`).test(labels[matching.label] ?? "");
}

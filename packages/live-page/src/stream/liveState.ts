import type { LiveDelta, LiveEvent, LiveFigure, LiveFrame, LivePoint, LiveTotal } from "@rumkit/protocol";

/** 15 minutes of one point a second: as long as the collector's own windows reach. */
export const MAX_POINTS = 900;

/** More rows than a person reads back through while events keep arriving. */
export const MAX_TAIL = 50;

/** An event of the tail with a number of its own, so that equal events stay distinct rows. */
export interface TailEntry {
  serial: number;
  event: LiveEvent;
}

/** All that the page knows. Parts that a frame leaves alone keep their identity, so nothing redraws for them. */
export interface LiveState {
  app: string;
  figures: readonly LiveFigure[];
  /** Oldest first, one a second, at most `MAX_POINTS`. */
  points: readonly LivePoint[];
  /** By metric and labels. */
  totals: ReadonlyMap<string, LiveTotal>;
  /** Newest first, at most `MAX_TAIL`. */
  tail: readonly TailEntry[];
  /** The serial of the next event: it only grows, also over snapshots. */
  nextSerial: number;
}

/** Before the first snapshot. */
export const emptyState: LiveState = {
  app: "",
  figures: [],
  points: [],
  totals: new Map(),
  tail: [],
  nextSerial: 0,
};

/**
 * Gives the state after a frame: a snapshot replaces what is known, a delta is merged into it.
 *
 * A delta before the first snapshot is ignored: without figures its values have no meaning.
 */
export function applyFrame(state: LiveState, frame: LiveFrame): LiveState {
  if (frame.kind === "delta") return state.figures.length === 0 ? state : applyDelta(state, frame);
  return applyDelta(
    { ...emptyState, app: frame.app, figures: frame.figures, nextSerial: state.nextSerial },
    frame,
  );
}

function applyDelta(state: LiveState, frame: Pick<LiveDelta, "points" | "totals" | "tail">): LiveState {
  return {
    ...state,
    figures: showFilled(state.figures, frame.points),
    points: mergePoints(state.points, frame.points),
    totals: mergeTotals(state.totals, frame.totals),
    tail: appendTail(state, frame.tail),
    nextSerial: state.nextSerial + frame.tail.length,
  };
}

/** A figure that had nothing to show is shown from its first value on, and stays, so that tiles do not come and go. */
function showFilled(figures: readonly LiveFigure[], points: readonly LivePoint[]): readonly LiveFigure[] {
  const isFilled = (figure: LiveFigure, index: number): boolean =>
    figure.hideWhileEmpty === true && points.some(({ values }) => (values[index] ?? 0) !== 0);
  if (!figures.some(isFilled)) return figures;
  return figures.map((figure, index) =>
    isFilled(figure, index) ? { ...figure, hideWhileEmpty: false } : figure,
  );
}

function mergePoints(known: readonly LivePoint[], changed: readonly LivePoint[]): readonly LivePoint[] {
  if (changed.length === 0) return known;
  const merged = [...known];
  for (const point of changed) {
    // From the end: what changes is nearly always the newest second.
    let at = merged.length;
    while (at > 0 && merged[at - 1]!.second > point.second) at--;
    const isKnown = at > 0 && merged[at - 1]!.second === point.second;
    if (isKnown) merged[at - 1] = point;
    else merged.splice(at, 0, point);
  }
  return merged.slice(-MAX_POINTS);
}

function mergeTotals(
  known: ReadonlyMap<string, LiveTotal>,
  changed: readonly LiveTotal[],
): ReadonlyMap<string, LiveTotal> {
  if (changed.length === 0) return known;
  const merged = new Map(known);
  for (const total of changed) merged.set(seriesKey(total), total);
  return merged;
}

/** Distinct for distinct series, whatever the labels hold, and blind to the order of the labels. */
function seriesKey({ metric, labels }: LiveTotal): string {
  return JSON.stringify([metric, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function appendTail(state: LiveState, events: readonly LiveEvent[]): readonly TailEntry[] {
  if (events.length === 0) return state.tail;
  const entries = events.map((event, index) => ({ serial: state.nextSerial + index, event }));
  return [...entries.toReversed(), ...state.tail].slice(0, MAX_TAIL);
}

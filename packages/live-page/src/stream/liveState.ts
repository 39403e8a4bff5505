import type {
  LiveBoard,
  LiveDelta,
  LiveEvent,
  LiveFigure,
  LiveFrame,
  LivePoint,
  LiveSnapshot,
  LiveTotal,
} from "@rumkit/protocol";

/** 15 minutes with one point per second, like the longest window of the collector. */
export const MAX_POINTS = 900;

/** Some seconds of a busy shop, so that a search finds something. The page shows fewer. */
export const MAX_TAIL = 200;

/** An event of the tail with a unique number, so that equal events stay separate rows. */
export interface TailEntry {
  serial: number;
  event: LiveEvent;
}

/** The state of the page. Parts that a frame does not change keep their identity and are not redrawn. */
export interface LiveState {
  app: string;
  figures: readonly LiveFigure[];
  /** The number of each figure, in their order. */
  numbers: readonly (number | null)[];
  /** Everything that the collector sends apart from the figures; undefined before the first snapshot. */
  board: LiveBoard | undefined;
  /** Oldest first, one per second, at most `MAX_POINTS`. */
  points: readonly LivePoint[];
  /** By metric and labels. */
  totals: ReadonlyMap<string, LiveTotal>;
  /** Newest first, at most `MAX_TAIL`. */
  tail: readonly TailEntry[];
  /** Serial of the next event. It only grows, even across snapshots. */
  nextSerial: number;
  /** Events since the page was opened, with those that it did not get. It only grows. */
  happened: number;
}

/** State before the first snapshot. */
export const emptyState: LiveState = {
  app: "",
  figures: [],
  numbers: [],
  board: undefined,
  points: [],
  totals: new Map(),
  tail: [],
  nextSerial: 0,
  happened: 0,
};

/**
 * Returns the state after a frame: a snapshot replaces the state, a delta is merged into it. Points of the same figures
 * stay over a snapshot, so a collector that restarts leaves a gap in the charts and not an empty page.
 *
 * A delta before the first snapshot is ignored: without figures its values have no meaning.
 */
export function applyFrame(state: LiveState, frame: LiveFrame): LiveState {
  if (frame.kind === "delta") return state.figures.length === 0 ? state : applyDelta(state, frame);
  const isSame = isSameBoard(state, frame);
  return applyDelta(
    {
      ...emptyState,
      app: frame.app,
      figures: isSame ? showKnown(frame.figures, state.figures) : frame.figures,
      board: frame.board,
      points: isSame ? state.points : [],
      nextSerial: state.nextSerial,
      happened: state.happened,
    },
    frame,
  );
}

/** True if a snapshot has the same figures in the same order: their values can follow those that are known. */
function isSameBoard(known: LiveState, { app, figures }: LiveSnapshot): boolean {
  return (
    known.app === app &&
    known.figures.length === figures.length &&
    known.figures.every(({ name }, index) => name === figures[index]?.name)
  );
}

/** A figure that was shown stays, though a collector that has just started has not counted anything for it yet. */
function showKnown(figures: readonly LiveFigure[], known: readonly LiveFigure[]): readonly LiveFigure[] {
  return figures.map((figure, index) =>
    figure.hideWhileEmpty && !known[index]?.hideWhileEmpty ? { ...figure, hideWhileEmpty: false } : figure,
  );
}

type Changes = Pick<LiveSnapshot, "newEvents" | "skipped" | "numbers" | "points" | "totals" | "tail"> &
  Pick<LiveDelta, "board">;

function applyDelta(state: LiveState, frame: Changes): LiveState {
  return {
    ...state,
    numbers: frame.numbers,
    board: frame.board && state.board ? { ...state.board, ...frame.board } : state.board,
    figures: showFilled(state.figures, frame.points),
    points: mergePoints(state.points, frame.points),
    totals: mergeTotals(state.totals, frame.totals),
    tail: appendTail(state, frame.tail),
    nextSerial: state.nextSerial + frame.tail.length,
    happened: state.happened + (frame.newEvents ?? frame.tail.length) + sum(frame.skipped ?? {}),
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Shows an empty figure from its first value on, and never hides it again, so that cards do not come and go. */
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
    // From the end, because nearly all changes are in the newest second.
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

/** Returns a key that is unique for any labels and independent of their order. */
function seriesKey({ metric, labels }: LiveTotal): string {
  return JSON.stringify([metric, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Returns the tail with further events before those that are known. */
export function appendTail(
  state: Pick<LiveState, "tail" | "nextSerial">,
  events: readonly LiveEvent[],
): readonly TailEntry[] {
  if (events.length === 0) return state.tail;
  const entries = events.map((event, index) => ({ serial: state.nextSerial + index, event }));
  return [...entries.toReversed(), ...state.tail].slice(0, MAX_TAIL);
}

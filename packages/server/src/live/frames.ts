import type { LiveDelta, LiveFigure, LiveFilteredSnapshot, LivePoint, LiveTotal } from "@rumkit/protocol";
import type { Series } from "../metrics/seriesStore.ts";
import type { Board } from "./board.ts";
import { addCounts, countTypes, subtractCounts } from "./eventCounts.ts";
import type { Figure } from "./figure.ts";
import type { Points } from "./points.ts";
import type { Selection } from "./selection.ts";
import { createSequence, type Mark, type Sequence } from "./sequence.ts";
import { bytesOf, complete, encodeSnapshot, opening, type Snapshot, snapshotAfter } from "./snapshotBytes.ts";
import type { Tail } from "./tail.ts";

const encoder = new TextEncoder();

export interface FramesOptions {
  readonly app: string;
  /** Everything that the page shows apart from the figures. */
  readonly board: Board;
  /** Returns the current state of a series. */
  readonly totalOf: (series: Series) => LiveTotal;
  /** Returns the current state of every series. */
  readonly totals: () => LiveTotal[];
  /**
   * The clock in milliseconds since 1970. It never goes back, because rates need elapsed seconds even if the system
   * clock is set.
   */
  readonly now: () => number;
}

/** Numbers and encodes the frames of a subscription, and keeps those that returning viewers may have missed. */
export interface Frames {
  /** Series whose totals go into the next delta. */
  readonly changed: Set<Series>;
  /** The last frame. */
  readonly mark: Mark;
  /** True if a delta would say something new apart from the time. */
  hasNews(): boolean;
  /** Adds the points of seconds that ended to the next delta. */
  end(points: readonly LivePoint[]): void;
  /** Creates the next delta. */
  delta(): Uint8Array;
  /** Starts a new sequence: no viewer can continue from an earlier frame. Returns the snapshot for those that are up to date. */
  startAnew(): readonly Uint8Array[];
  /** Skips the changes, because there is no viewer: the next snapshot has them, and no viewer can resume. */
  skip(): void;
  /** Returns the bytes for a viewer whose last frame was this one: a replay or a snapshot, the smaller one. */
  after(mark: Mark): readonly Uint8Array[];
  /** Returns the bytes with which a viewer starts, or goes on after its last frame. */
  first(lastEventId: string | undefined): readonly Uint8Array[];
}

interface FrameSources {
  readonly points: Points;
  readonly tail: Tail;
  readonly selection: Selection;
}

export function createFrames(options: FramesOptions, sources: FrameSources): Frames {
  const { tail } = sources;
  const changed = new Set<Series>();
  let ended: LivePoint[] = [];
  const sequence = createSequence();
  const read = createReader(options, sources);
  const starts = createStarts(sequence, read.snapshot, () => changed.size > 0 || tail.hasNew);

  return {
    changed,
    get mark() {
      return sequence.mark;
    },
    hasNews: () => changed.size > 0 || ended.length > 0 || tail.hasNew || read.isChanged(),
    end: (closed) => {
      ended.push(...closed);
    },
    delta: () => {
      const { events, skipped } = tail.takeNew();
      sequence.advance(addCounts(countTypes(events.map(({ type }) => type)), skipped));
      const frame = read.delta(sequence.id, ended, changed, { events, skipped });
      ended = [];
      changed.clear();
      const bytes = encoder.encode(`${opening(frame)}${JSON.stringify(frame)}\n\n`);
      sequence.keep(bytes);
      return bytes;
    },
    startAnew: starts.startAnew,
    skip: () => {
      sequence.forget();
      ended = [];
      changed.clear();
      tail.skipNew();
    },
    after: starts.after,
    first: starts.first,
  };
}

/** The bytes with which viewers start or continue. Those that start with the same frame share its snapshot. */
function createStarts(
  sequence: Sequence,
  read: (id: string) => LiveFilteredSnapshot,
  isStale: () => boolean,
): Pick<Frames, "startAnew" | "after" | "first"> {
  let cached: Snapshot | undefined;
  const snapshot = (): Snapshot => {
    const { id } = sequence;
    if (cached?.id === id && !isStale()) return cached;
    cached = encodeSnapshot(read(id));
    return cached;
  };
  const after = (mark: Mark): readonly Uint8Array[] => {
    const replay = sequence.after(mark);
    if (replay?.length === 0) return replay;
    const whole = snapshotAfter(snapshot(), subtractCounts(sequence.mark.counted, mark.counted));
    return replay && bytesOf(replay) <= bytesOf(whole) ? replay : whole;
  };
  return {
    startAnew: () => {
      sequence.startAnew();
      return snapshotAfter(snapshot(), {});
    },
    after,
    first: (lastEventId) => {
      if (lastEventId === undefined) return complete(snapshot(), "{");
      const mark = sequence.find(lastEventId);
      return mark ? after(mark) : complete(snapshot(), '{"resumed":false,');
    },
  };
}

/** Reads the selected data as frames. */
function createReader(options: FramesOptions, sources: FrameSources) {
  const { board, totalOf, now } = options;
  const { points, selection } = sources;
  const narrow = createNarrow(points, selection);
  const boardChanges = selection.board ? board.watch() : () => undefined;
  /** The values of the last delta. */
  let shown = "";
  const head = (id: string) => ({ id, at: Math.floor(now()), numbers: narrow.values(points.numbers()) });
  return {
    isChanged: (): boolean =>
      valuesOf(narrow.values(points.numbers()), narrow.point(points.open())) !== shown,
    snapshot: (id: string): LiveFilteredSnapshot => ({
      kind: "snapshot",
      ...head(id),
      ...readWhole(options, sources, narrow),
    }),
    delta: (
      id: string,
      endedPoints: readonly LivePoint[],
      changed: ReadonlySet<Series>,
      { events, skipped }: ReturnType<Tail["takeNew"]>,
    ): LiveDelta => {
      const changes = boardChanges();
      const start = head(id);
      const open = narrow.point(points.open());
      shown = valuesOf(start.numbers, open);
      return {
        kind: "delta",
        ...start,
        ...(Object.keys(skipped).length > 0 && { skipped }),
        points: [...endedPoints.map(narrow.point), open],
        ...(changes && { board: changes }),
        totals: [...changed].map(totalOf),
        tail: events,
      };
    },
  };
}

/** Reads everything that is selected, for a snapshot. */
function readWhole(
  { app, board, totals }: FramesOptions,
  { points, tail, selection }: FrameSources,
  narrow: ReturnType<typeof createNarrow>,
): Omit<LiveFilteredSnapshot, "kind" | "id" | "at" | "numbers"> {
  const { filter } = selection;
  return {
    app,
    ...(filter && { filter }),
    figures: narrow.values(points.figures).map(describeFigure),
    points: [...points.closed, points.open()].map(narrow.point),
    ...(selection.board && { board: board.whole() }),
    totals: totals().filter(selection.total),
    tail: tail.recent(),
  };
}

function valuesOf(numbers: readonly unknown[], open: LivePoint): string {
  return numbers.length === 0 ? "" : JSON.stringify([numbers, open.values]);
}

/** Leaves out the figures that are not selected. */
function createNarrow({ figures }: Points, { figure: selects }: Selection) {
  let length = -1;
  let isSelected: boolean[] = [];
  const values = <Value>(all: readonly Value[]): Value[] => {
    if (figures.length !== length) {
      isSelected = figures.map(({ description }) => selects(description.name));
      ({ length } = figures);
    }
    return all.filter((_, index) => isSelected[index]);
  };
  return {
    values,
    point: ({ second, values: all }: LivePoint): LivePoint => ({ second, values: values(all) }),
  };
}

function describeFigure({ description, isEmpty }: Figure): LiveFigure {
  return isEmpty?.() ? { ...description, hideWhileEmpty: true } : description;
}

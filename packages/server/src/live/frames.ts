import { randomBytes } from "node:crypto";
import type { LiveFigure, LiveFrame, LivePoint, LiveTotal } from "@rumkit/protocol";
import type { Series } from "../metrics/seriesStore.ts";
import type { Board } from "./board.ts";
import type { Figure } from "./figure.ts";
import type { Points } from "./points.ts";
import type { Tail } from "./tail.ts";

const encoder = new TextEncoder();

/** Frames that are kept for viewers that return: about a minute when the collector is busy. */
const KEPT_FRAMES = 600;

/** Maximum bytes of kept frames; usually they take far less. */
const KEPT_BYTES = 8 * 1024 * 1024;

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

/** Numbers and encodes the frames of a feed, and keeps those that returning viewers may have missed. */
export interface Frames {
  /** Series whose totals go into the next delta. */
  readonly changed: Set<Series>;
  /** Creates the next delta, with the points of seconds that ended. */
  delta(endedPoints: readonly LivePoint[]): Uint8Array;
  /** Creates the frame with which a new viewer starts. */
  snapshot(): Uint8Array;
  /** Starts a new sequence: no viewer can resume from an earlier frame. */
  startAnew(): void;
  /**
   * Skips the changes, because there is no viewer: the next snapshot contains them, and no viewer can resume from an
   * earlier frame.
   */
  skip(): void;
  /** Returns the frames after the last one that a viewer has seen; undefined if they are not all kept. */
  missedSince(lastEventId: string | undefined): Uint8Array[] | undefined;
}

export function createFrames(
  { app, board, totalOf, totals, now }: FramesOptions,
  points: Points,
  tail: Tail,
): Frames {
  const changed = new Set<Series>();
  const sequence = createSequence();
  let cached: { id: string; bytes: Uint8Array } | undefined;
  const head = () => ({ id: sequence.id(), at: Math.floor(now()), numbers: points.numbers() });

  return {
    changed,
    delta: (endedPoints) => {
      sequence.advance();
      const changes = board.takeChanges();
      const bytes = encodeFrame({
        kind: "delta",
        ...head(),
        points: [...endedPoints, points.open()],
        ...(changes && { board: changes }),
        totals: [...changed].map(totalOf),
        tail: tail.takeNew(),
      });
      changed.clear();
      sequence.keep(bytes);
      return bytes;
    },
    snapshot: () => {
      const id = sequence.id();
      if (cached?.id === id && changed.size === 0) return cached.bytes;
      const bytes = encodeFrame({
        kind: "snapshot",
        ...head(),
        app,
        figures: points.figures.map(describeFigure),
        points: [...points.closed, points.open()],
        board: board.whole(),
        totals: totals(),
        tail: tail.recent(),
      });
      cached = { id, bytes };
      return bytes;
    },
    startAnew: sequence.startAnew,
    skip: () => {
      sequence.startAnew();
      changed.clear();
      tail.skipNew();
    },
    missedSince: sequence.missedSince,
  };
}

function describeFigure({ description, isEmpty }: Figure): LiveFigure {
  return isEmpty?.() ? { ...description, hideWhileEmpty: true } : description;
}

/** Numbers the frames, and keeps those that returning viewers may have missed, bounded in number and bytes. */
function createSequence() {
  const epoch = randomBytes(4).toString("hex");
  let seq = 0;
  let frames: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  return {
    id: (): string => `${epoch}-${seq}`,
    advance: (): void => {
      seq += 1;
    },
    keep: (bytes: Uint8Array): void => {
      frames.push({ seq, bytes });
      size += bytes.length;
      while (frames.length > KEPT_FRAMES || size > KEPT_BYTES) size -= frames.shift()?.bytes.length ?? 0;
    },
    startAnew: (): void => {
      seq += 1;
      frames = [];
      size = 0;
    },
    /** Returns the frames after the one that a viewer has seen; undefined if they are not all kept. */
    missedSince: (lastEventId: string | undefined): Uint8Array[] | undefined => {
      const [ofEpoch, ofSeq] = lastEventId?.split("-") ?? [];
      if (ofEpoch !== epoch) return undefined;
      const from = Number(ofSeq) + 1;
      const oldest = frames[0]?.seq ?? seq + 1;
      if (!(from >= oldest && from <= seq + 1)) return undefined;
      return frames.filter((frame) => frame.seq >= from).map(({ bytes }) => bytes);
    },
  };
}

/**
 * Encodes a frame as one server-sent event (HTML standard, 9.2.6). JSON has no raw line break, so one data line is
 * enough.
 */
function encodeFrame(frame: LiveFrame): Uint8Array {
  return encoder.encode(`event: ${frame.kind}\nid: ${frame.id}\ndata: ${JSON.stringify(frame)}\n\n`);
}

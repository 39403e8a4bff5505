import { randomBytes } from "node:crypto";
import type { LiveDelta, LivePoint, LiveSnapshot, LiveTotal } from "@rumkit/protocol";
import type { Figure } from "./figures.ts";
import { encodeFrame } from "./encodeFrame.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createTail } from "./tail.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { WINDOW_SECONDS } from "./windows.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/**
 * Milliseconds between frames at least. The interval decides the latency, not the transport: at 10 Hz an
 * event of a busy time waits 50 ms on average, at 1 Hz it would wait 500.
 */
const FRAME_INTERVAL_MS = 100;

/** Frames that are kept for viewers that come back: a minute of a busy collector. */
const KEPT_FRAMES = 600;

/** Bytes of kept frames at most; frames of usual size are far below. */
const KEPT_BYTES = 8 * 1024 * 1024;

export interface FeedOptions {
  readonly app: string;
  /** The figures at the start. */
  readonly figures: readonly Figure[];
  /** A series as it stands. */
  readonly totalOf: (series: Series) => LiveTotal;
  /** Every series as it stands. */
  readonly totals: () => LiveTotal[];
  /** Takes out of the tail what is personal or secret. */
  readonly scrub: Scrubber;
  /** Milliseconds since 1970 that never go back: rates are of seconds that passed, whatever somebody sets. */
  readonly now: () => number;
}

interface Viewer {
  /** Called with each frame; the bytes are shared by all viewers and must not be changed. */
  readonly onFrame: (frame: Uint8Array) => void;
  /** Called once, when the feed closes. */
  readonly onClose: () => void;
}

/** Turns what is counted into frames: one serialisation for all viewers, none where there is no viewer. */
export interface Feed {
  /** A series changed: its total goes into the next frame. */
  change(series: Series): void;
  /** Events were counted at a time: milliseconds since 1970. */
  showEvents(events: ShownEvents, at: number): void;
  /**
   * One more figure from now on, before the one of that name. Viewers start anew, since points have a value for each
   * figure.
   */
  addFigure(figure: Figure, before: string): void;
  /** Closes the second that ended. To be called once a second. */
  tick(): void;
  /** The frame that a viewer starts from, whatever it has seen before. */
  snapshot(): Uint8Array;
  /** Starts a viewer: what it missed since `lastEventId`, or a snapshot. */
  subscribe(
    viewer: Viewer,
    lastEventId: string | undefined,
  ): { readonly first: Uint8Array[]; readonly unsubscribe: () => void };
  /** True after `close`: there will be no further frame. */
  readonly isClosed: boolean;
  close(): void;
}

export function createFeed({ app, figures: given, totalOf, totals, scrub, now }: FeedOptions): Feed {
  const epoch = randomBytes(4).toString("hex");
  const figures = [...given];
  const tail = createTail(scrub);
  const viewers = new Set<Viewer>();
  const changed = new Set<Series>();
  const kept = createKeptFrames();
  let points: LivePoint[] = [];
  let seq = 0;
  let isClosed = false;
  /** Something changed while nobody looked: what the last viewer has seen is no place to resume from. */
  let unseen = false;
  let lastSecond = Math.floor(now() / 1000);
  let lastFrameAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let cached: { seq: number; bytes: Uint8Array } | undefined;

  const pointAt = (second: number, elapsed = 1): LivePoint => ({
    second,
    values: figures.map((figure) => figure.at(second, elapsed)),
  });
  /** The point of the second that has not ended yet. */
  const openPoint = (): LivePoint => {
    const time = now() / 1000;
    const second = Math.max(lastSecond + 1, Math.floor(time));
    return pointAt(second, Math.min(1, Math.max(0, time - second)));
  };
  const frameId = (): string => `${epoch}-${seq}`;

  /** What comes next follows on nothing that a viewer has seen, but on a snapshot. */
  const startAnew = (): void => {
    seq += 1;
    kept.clear();
  };
  /** Nobody looks: what changed is in the next snapshot, and nobody can resume from before it. */
  const skipFrame = (): void => {
    unseen = false;
    startAnew();
    changed.clear();
    tail.skipNew();
  };

  const flush = (endedPoints: readonly LivePoint[] = []): void => {
    clearTimeout(timer);
    timer = undefined;
    if (viewers.size === 0) return skipFrame();
    seq += 1;
    lastFrameAt = now();
    const delta: LiveDelta = {
      kind: "delta",
      id: frameId(),
      at: Math.floor(lastFrameAt),
      points: [...endedPoints, openPoint()],
      totals: [...changed].map(totalOf),
      tail: tail.takeNew(),
    };
    changed.clear();
    const bytes = encodeFrame(delta);
    kept.add(seq, bytes);
    for (const viewer of viewers) viewer.onFrame(bytes);
  };

  /** The first change of a quiet time is shown at once, what follows is gathered. */
  const touch = (): void => {
    if (timer || viewers.size === 0) return;
    timer = setTimeout(() => flush(), Math.max(0, FRAME_INTERVAL_MS - (now() - lastFrameAt)));
    timer.unref();
  };

  const snapshot = (): Uint8Array => {
    if (cached?.seq === seq && changed.size === 0) return cached.bytes;
    const frame: LiveSnapshot = {
      kind: "snapshot",
      id: frameId(),
      at: Math.floor(now()),
      app,
      figures: figures.map(({ description, isEmpty }) =>
        isEmpty?.() ? { ...description, hideWhileEmpty: true } : description,
      ),
      points: [...points, openPoint()],
      totals: totals(),
      tail: tail.recent(),
    };
    cached = { seq, bytes: encodeFrame(frame) };
    return cached.bytes;
  };

  const missedSince = (lastEventId: string | undefined): Uint8Array[] | undefined => {
    const [ofEpoch, ofSeq] = lastEventId?.split("-") ?? [];
    return ofEpoch === epoch ? kept.after(Number(ofSeq), seq) : undefined;
  };

  return {
    change: (series) => {
      unseen = viewers.size === 0;
      if (unseen) return;
      changed.add(series);
      touch();
    },
    showEvents: (events, at) => {
      tail.push(events, at);
      touch();
    },
    addFigure: (figure, before) => {
      // What is waiting has values of the figures until now.
      flush();
      const found = figures.findIndex(({ description }) => description.name === before);
      const place = found < 0 ? figures.length : found;
      figures.splice(place, 0, figure);
      points = points.map(({ second, values }) => ({ second, values: values.toSpliced(place, 0, null) }));
      startAnew();
      const bytes = snapshot();
      for (const viewer of viewers) viewer.onFrame(bytes);
    },
    tick: () => {
      const ended = Math.floor(now() / 1000) - 1;
      const from = Math.max(lastSecond + 1, ended - WINDOW_SECONDS + 1);
      const endedPoints: LivePoint[] = [];
      for (let second = from; second <= ended; second += 1) endedPoints.push(pointAt(second));
      points = [...points, ...endedPoints].slice(-WINDOW_SECONDS);
      lastSecond = Math.max(lastSecond, ended);
      flush(endedPoints);
    },
    snapshot,
    subscribe: (viewer, lastEventId) => {
      if (unseen || changed.size > 0) flush();
      viewers.add(viewer);
      return { first: missedSince(lastEventId) ?? [snapshot()], unsubscribe: () => viewers.delete(viewer) };
    },
    get isClosed() {
      return isClosed;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const viewer of viewers) viewer.onClose();
      viewers.clear();
    },
  };
}

/** The frames that viewers who come back may have missed, bounded in number and bytes. */
function createKeptFrames() {
  let frames: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  return {
    add: (seq: number, bytes: Uint8Array): void => {
      frames.push({ seq, bytes });
      size += bytes.length;
      while (frames.length > KEPT_FRAMES || size > KEPT_BYTES) size -= frames.shift()?.bytes.length ?? 0;
    },
    clear: (): void => {
      frames = [];
      size = 0;
    },
    /** The frames after `seen`, of which `last` is the last one; undefined where they are not all kept. */
    after: (seen: number, last: number): Uint8Array[] | undefined => {
      const from = seen + 1;
      const oldest = frames[0]?.seq ?? last + 1;
      if (!(from >= oldest && from <= last + 1)) return undefined;
      return frames.filter(({ seq }) => seq >= from).map(({ bytes }) => bytes);
    },
  };
}

import type { LivePoint } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { Figure } from "./figure.ts";
import { createFrames, type FramesOptions } from "./frames.ts";
import { createPoints } from "./points.ts";
import { createTail } from "./tail.ts";

/**
 * Minimum milliseconds between frames. The interval determines the latency, not the transport: at 10 frames per second
 * an event waits 50 ms on average, at one frame it would wait 500 ms.
 */
const FRAME_INTERVAL_MS = 100;

export interface FeedOptions extends FramesOptions {
  /** The figures at the start. */
  readonly figures: readonly Figure[];
  /** Removes personal and secret text from the tail. */
  readonly scrub: Scrubber;
}

interface Viewer {
  /** Called with each frame; the bytes are shared by all viewers and must not be changed. */
  readonly onFrame: (frame: Uint8Array) => void;
  /** Called once, when the feed closes. */
  readonly onClose: () => void;
}

/** Turns counted events into frames: one serialization for all viewers, none without viewers. */
export interface Feed {
  /** Adds the total of a changed series to the next frame. */
  change(series: Series): void;
  /** Adds events that were counted at `at`, in milliseconds since 1970. */
  showEvents(events: ShownEvents, at: number): void;
  /**
   * Adds a figure before the one named `before`, or as the first one. Viewers get a new snapshot, because each point has a
   * value per figure.
   */
  addFigure(figure: Figure, before: string | undefined): void;
  /** Closes the second that ended. Call it once a second. */
  tick(): void;
  /** Returns the frame that a new viewer starts from. */
  snapshot(): Uint8Array;
  /** Starts a viewer: with the frames that it missed since `lastEventId`, or a snapshot. */
  subscribe(
    viewer: Viewer,
    lastEventId: string | undefined,
  ): { readonly first: Uint8Array[]; readonly unsubscribe: () => void };
  /** True after `close`: there will be no further frame. */
  readonly isClosed: boolean;
  close(): void;
}

export function createFeed({ figures, scrub, ...options }: FeedOptions): Feed {
  const { board, now } = options;
  const points = createPoints(figures, now);
  const tail = createTail(scrub);
  const frames = createFrames(options, points, tail);
  const viewers = createViewers();
  /** True if something changed while there was no viewer. Then earlier viewers cannot resume from their last frame. */
  let unseen = false;

  const flush = (endedPoints: readonly LivePoint[] = []): void => {
    pace.stop();
    if (viewers.size === 0) {
      unseen = false;
      return frames.skip();
    }
    pace.start();
    viewers.send(frames.delta(endedPoints));
  };
  const pace = createFramePace(now, () => flush());
  const touch = (): void => {
    if (viewers.size > 0) pace.request();
  };

  return {
    change: (series) => {
      unseen = viewers.size === 0;
      if (unseen) return;
      frames.changed.add(series);
      touch();
    },
    showEvents: (events, at) => {
      tail.push(events, at);
      touch();
    },
    addFigure: (figure, before) => {
      // Queued frames have values of the previous figures.
      flush();
      points.add(figure, before);
      frames.startAnew();
      viewers.send(frames.snapshot());
    },
    tick: () => {
      board.judge();
      flush(points.close());
    },
    snapshot: frames.snapshot,
    subscribe: (viewer, lastEventId) => {
      if (unseen || frames.changed.size > 0) flush();
      const unsubscribe = viewers.add(viewer);
      return { first: frames.missedSince(lastEventId) ?? [frames.snapshot()], unsubscribe };
    },
    get isClosed() {
      return viewers.isClosed;
    },
    close: () => {
      pace.stop();
      viewers.close();
    },
  };
}

/** The viewers of a feed, until it closes. */
function createViewers() {
  const viewers = new Set<Viewer>();
  let isClosed = false;
  return {
    get size() {
      return viewers.size;
    },
    get isClosed() {
      return isClosed;
    },
    add: (viewer: Viewer): (() => void) => {
      viewers.add(viewer);
      return () => void viewers.delete(viewer);
    },
    send: (frame: Uint8Array): void => {
      for (const viewer of viewers) viewer.onFrame(frame);
    },
    close: (): void => {
      isClosed = true;
      for (const viewer of viewers) viewer.onClose();
      viewers.clear();
    },
  };
}

/** Calls `onDue` for a requested frame: at once after a quiet time, else when the interval is over. */
function createFramePace(now: () => number, onDue: () => void) {
  let lastFrameAt = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    request: (): void => {
      timer ??= setTimeout(onDue, Math.max(0, FRAME_INTERVAL_MS - (now() - lastFrameAt))).unref();
    },
    /** A frame begins the next interval. */
    start: (): void => {
      lastFrameAt = now();
    },
    stop: (): void => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

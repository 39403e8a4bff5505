import type { LivePoint } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { Figure } from "./figures.ts";
import { createFrames, type FramesOptions } from "./frames.ts";
import { createPoints } from "./points.ts";
import { createTail } from "./tail.ts";

/**
 * Milliseconds between frames at least. The interval decides the latency, not the transport: at 10 Hz an event of a
 * busy time waits 50 ms on average, at 1 Hz it would wait 500.
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
  /** A series changed: its total goes into the next frame. */
  change(series: Series): void;
  /** Events were counted at a time: milliseconds since 1970. */
  showEvents(events: ShownEvents, at: number): void;
  /** Adds a figure, before the one of that name. Viewers start anew, since points have a value for each figure. */
  addFigure(figure: Figure, before: string): void;
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
  const { now } = options;
  const points = createPoints(figures, now);
  const tail = createTail(scrub);
  const frames = createFrames(options, points, tail);
  const viewers = new Set<Viewer>();
  let isClosed = false;
  /** Something changed while there was no viewer: the last frame of an earlier viewer cannot be resumed from. */
  let unseen = false;
  let lastFrameAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const send = (frame: Uint8Array): void => {
    for (const viewer of viewers) viewer.onFrame(frame);
  };
  /** There is no viewer: the next snapshot has the changes, and no viewer can resume from before it. */
  const skipFrame = (): void => {
    unseen = false;
    frames.startAnew();
    frames.changed.clear();
    tail.skipNew();
  };
  const flush = (endedPoints: readonly LivePoint[] = []): void => {
    clearTimeout(timer);
    timer = undefined;
    if (viewers.size === 0) return skipFrame();
    lastFrameAt = now();
    send(frames.delta(endedPoints));
  };
  /** The first change of a quiet time is shown at once, later ones are gathered. */
  const touch = (): void => {
    if (timer || viewers.size === 0) return;
    timer = setTimeout(() => flush(), Math.max(0, FRAME_INTERVAL_MS - (now() - lastFrameAt)));
    timer.unref();
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
      // Frames that are waiting have values of the earlier figures.
      flush();
      points.add(figure, before);
      frames.startAnew();
      send(frames.snapshot());
    },
    tick: () => flush(points.close()),
    snapshot: frames.snapshot,
    subscribe: (viewer, lastEventId) => {
      if (unseen || frames.changed.size > 0) flush();
      viewers.add(viewer);
      const first = frames.missedSince(lastEventId) ?? [frames.snapshot()];
      return { first, unsubscribe: () => viewers.delete(viewer) };
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

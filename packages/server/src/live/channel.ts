import type { LivePoint } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { createFramePace } from "./framePace.ts";
import type { FrameRate } from "./frameRate.ts";
import type { Frames } from "./frames.ts";
import type { Selection } from "./selection.ts";
import type { Mark } from "./sequence.ts";
import type { Tail } from "./tail.ts";

/** Milliseconds for which frames go on without a viewer, so that one whose connection broke can resume. */
const LINGER_MS = 30_000;

export interface Viewer {
  /** Returns false while too many bytes wait for it: then it misses frames, and none is queued. */
  readonly isReady: () => boolean;
  /** Called with each frame; the bytes are shared by all viewers and must not be changed. */
  readonly onFrame: (bytes: Uint8Array) => void;
  /** Called for each frame that it misses. */
  readonly onSkip: () => void;
  /** Called once, when the feed closes. */
  readonly onClose: () => void;
}

/** The viewers of one subscription, and the frames that they share. */
export interface Channel {
  readonly tail: Tail;
  /** True while there is a viewer, or one may return: until then nothing is encoded. */
  readonly isActive: boolean;
  readonly hasViewers: boolean;
  change(series: Series): void;
  showEvents(events: ShownEvents, at: number): void;
  /** Sends what waits, before a figure is added. */
  flush(): void;
  /** Sends a new snapshot if it selects a figure that was added. */
  startAnew(figure: string): void;
  /** Adds the points of ended seconds, and sends them if the interval is over. */
  tick(endedPoints: readonly LivePoint[]): void;
  /** Returns the frame from which a viewer starts. */
  snapshot(): Uint8Array;
  /** Adds a viewer, and returns the bytes with which it starts. */
  add(
    viewer: Viewer,
    lastEventId: string | undefined,
  ): { readonly first: readonly Uint8Array[]; readonly unsubscribe: () => void };
  close(): void;
}

export interface ChannelOptions {
  readonly frames: Frames;
  readonly tail: Tail;
  readonly selection: Selection;
  readonly rate: FrameRate;
  readonly now: () => number;
}

export function createChannel(options: ChannelOptions): Channel {
  const { frames, tail, selection, now } = options;
  const viewers = createViewers(frames);
  const run = createRun(options, viewers);
  return {
    tail,
    get isActive() {
      return run.isActive;
    },
    get hasViewers() {
      return viewers.size > 0;
    },
    ...createIntake(options, run),
    flush: run.flush,
    startAnew: (figure) => {
      if (!run.isActive || !selection.figure(figure)) return;
      const before = frames.mark;
      viewers.send(frames.startAnew(), before);
    },
    tick: run.tick,
    snapshot: () => {
      run.catchUp();
      return Buffer.concat(frames.first(undefined));
    },
    add: (viewer, lastEventId) => {
      run.start();
      const remove = viewers.add(viewer);
      const unsubscribe = (): void => {
        if (remove() && viewers.size === 0) viewers.leftAt = now();
      };
      return { first: frames.first(lastEventId), unsubscribe };
    },
    close: () => {
      run.stop();
      viewers.close();
    },
  };
}

/** Takes what was counted: the selected part of it goes into the next frame. */
function createIntake(
  { frames, tail, selection }: ChannelOptions,
  run: ReturnType<typeof createRun>,
): Pick<Channel, "change" | "showEvents"> {
  const isSelected = rememberSeries(selection);
  return {
    change: (series) => {
      if (isSelected(series)) frames.changed.add(series);
      else if (!selection.hasFigures) return;
      run.request();
    },
    showEvents: (events, at) => {
      const narrowed = selection.events(events);
      tail.push(narrowed, at, run.isActive);
      if (run.isActive && narrowed.length > 0) run.request();
    },
  };
}

/** Sends deltas: at once by `flush`, and at the pace of the channel after a `request`. */
function createSending({ frames, selection, rate, now }: ChannelOptions, viewers: Viewers) {
  const { filter, intervalMs } = selection;
  const meter = rate.open();
  const flush = (): void => {
    pace.stop();
    pace.start();
    meter.measure(() => {
      const before = frames.mark;
      return viewers.send([frames.delta()], before);
    });
  };
  const pace = createFramePace({
    now,
    intervalMs: () => intervalMs ?? rate.intervalMs,
    onDue: () => {
      if (filter === undefined || frames.hasNews()) flush();
      else pace.stop();
    },
  });
  return {
    flush,
    request: pace.request,
    pause: pace.stop,
    close: (): void => {
      pace.stop();
      meter.close();
    },
  };
}

/** Decides when the frames of a channel are made: not at all, until it has had a viewer. */
function createRun(options: ChannelOptions, viewers: Viewers) {
  const { frames, tail, selection, now } = options;
  const sending = createSending(options, viewers);
  let isActive = false;

  const flush = (): void => (isActive ? sending.flush() : sending.pause());
  const sleep = (): void => {
    isActive = false;
    sending.pause();
    frames.skip();
  };
  /** Lets the next snapshot have everything that was counted, and nothing that follows again. */
  const catchUp = (): void => {
    if (!isActive) frames.skip();
    else if (frames.changed.size > 0 || tail.hasNew) flush();
  };
  return {
    get isActive() {
      return isActive;
    },
    request: sending.request,
    flush,
    catchUp,
    start: (): void => {
      catchUp();
      isActive = true;
    },
    tick: (points: readonly LivePoint[]): void => {
      if (!isActive) return;
      if (viewers.size === 0 && now() - viewers.leftAt >= LINGER_MS) return sleep();
      frames.end(points);
      if (selection.intervalMs === undefined) flush();
      else sending.request();
    },
    stop: (): void => {
      isActive = false;
      sending.close();
    },
  };
}

function rememberSeries({ filter, series: selects }: Selection): (series: Series) => boolean {
  if (filter === undefined) return () => true;
  const known = new WeakMap<Series, boolean>();
  return (series) => {
    const found = known.get(series);
    if (found !== undefined) return found;
    const isSelected = selects(series);
    known.set(series, isSelected);
    return isSelected;
  };
}

type Viewers = ReturnType<typeof createViewers>;

function createViewers(frames: Frames) {
  /** The last frame of each viewer that misses frames; undefined for the others. */
  const viewers = new Map<Viewer, Mark | undefined>();
  return {
    /** The time at which the last viewer left. */
    leftAt: 0,
    get size() {
      return viewers.size;
    },
    add: (viewer: Viewer): (() => boolean) => {
      viewers.set(viewer, undefined);
      return () => viewers.delete(viewer);
    },
    /** Sends a frame that follows `before`. Returns the number of viewers that got bytes. */
    send: (frame: readonly Uint8Array[], before: Mark): number => {
      let sent = 0;
      for (const [viewer, last] of viewers) {
        if (!viewer.isReady()) {
          if (last === undefined) viewers.set(viewer, before);
          viewer.onSkip();
          continue;
        }
        for (const bytes of last === undefined ? frame : frames.after(last)) viewer.onFrame(bytes);
        if (last !== undefined) viewers.set(viewer, undefined);
        sent += 1;
      }
      return sent;
    },
    close: (): void => {
      for (const viewer of viewers.keys()) viewer.onClose();
      viewers.clear();
    },
  };
}

import type { LiveFilter } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { type Channel, createChannel, type Viewer } from "./channel.ts";
import type { Figure } from "./figure.ts";
import { createFrameRate } from "./frameRate.ts";
import { createFrames, type FramesOptions } from "./frames.ts";
import { createPoints, type Points } from "./points.ts";
import { createSelection } from "./selection.ts";
import { createTail } from "./tail.ts";

/** Maximum distinct filters at a time. Each is serialized once, and keeps up to 256 KiB of frames. */
const MAX_FILTERS = 100;

export interface FeedOptions extends FramesOptions {
  /** The figures at the start. */
  readonly figures: readonly Figure[];
  /** Removes personal and secret text from the tail. */
  readonly scrub: Scrubber;
  /** Measures flushes, in milliseconds. Default `performance.now`. */
  readonly clock?: () => number;
}

interface Subscription {
  /** The bytes with which the viewer starts: the frames that it missed, or a snapshot. */
  readonly first: readonly Uint8Array[];
  readonly unsubscribe: () => void;
}

/** Turns counted events into frames: one serialization for all viewers with the same filter, none without viewers. */
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
  /** Closes the second that ended. Call it once a second: each viewer gets a frame then, which shows that it is connected. */
  tick(): void;
  /** Returns the frame from which a viewer without a filter starts. */
  snapshot(): Uint8Array;
  /** Starts a viewer. Returns undefined if there are too many distinct filters. */
  subscribe(viewer: Viewer, filter: LiveFilter, lastEventId: string | undefined): Subscription | undefined;
  /** True after `close`: there will be no further frame. */
  readonly isClosed: boolean;
  close(): void;
}

export function createFeed(options: FeedOptions): Feed {
  const points = createPoints(options.figures, options.now);
  const open = createOpen(options, points);
  const whole = open({});
  const channels = createChannels(whole, open);
  let isClosed = false;

  return {
    change: channels.change,
    showEvents: (events, at) => {
      for (const channel of channels.all) channel.showEvents(events, at);
    },
    addFigure: (figure, before) => {
      // Queued frames have values of the previous figures.
      for (const channel of channels.all) channel.flush();
      points.add(figure, before);
      for (const channel of channels.all) channel.startAnew(figure.description.name);
    },
    tick: () => {
      options.board.judge();
      const ended = points.close();
      for (const channel of channels.all) channel.tick(ended);
      channels.dropInactive();
    },
    snapshot: whole.snapshot,
    subscribe: (viewer, filter, lastEventId) => {
      const subscription = channels.find(filter)?.add(viewer, lastEventId);
      channels.see();
      return subscription;
    },
    get isClosed() {
      return isClosed;
    },
    close: () => {
      isClosed = true;
      for (const channel of channels.all) channel.close();
      channels.see();
    },
  };
}

/** Returns the function that opens the channel of a filter. All channels share one measured rate of frames. */
function createOpen(options: FeedOptions, points: Points): (filter: LiveFilter) => Channel {
  const { scrub, now, clock = () => performance.now() } = options;
  const rate = createFrameRate(clock);
  return (filter) => {
    const selection = createSelection(filter);
    const tail = createTail(scrub);
    const frames = createFrames(options, { points, tail, selection });
    return createChannel({ frames, tail, selection, rate, now });
  };
}

/** The channels by filter. The one without a filter is always there, because it keeps the last events. */
function createChannels(whole: Channel, open: (filter: LiveFilter) => Channel) {
  const filtered = new Map<string, Channel>();
  let all: readonly Channel[] = [whole];
  let isWatched = false;
  const see = (): void => {
    isWatched = all.some(({ isActive }) => isActive);
  };
  const refresh = (): void => {
    all = [whole, ...filtered.values()];
  };
  return {
    get all() {
      return all;
    },
    find: (filter: LiveFilter): Channel | undefined => {
      const key = JSON.stringify(filter);
      if (key === "{}") return whole;
      const found = filtered.get(key);
      if (found) return found;
      if (!makeRoom(filtered)) return undefined;
      const channel = open(filter);
      for (const { events, at } of whole.tail.moments()) channel.showEvents(events, at);
      filtered.set(key, channel);
      refresh();
      return channel;
    },
    dropInactive: (): void => {
      for (const [key, channel] of filtered) if (!channel.isActive) drop(filtered, key, channel);
      refresh();
      see();
    },
    /** Call it after a channel may have become active, or inactive. */
    see,
    change: (series: Series): void => {
      // Called for each counted sample, mostly without a viewer.
      if (!isWatched) return;
      for (const channel of all) if (channel.isActive) channel.change(series);
    },
  };
}

/**
 * A channel whose viewers left is kept for a while, in case that one returns, unless another filter needs the room.
 * Returns false if every channel has viewers.
 */
function makeRoom(filtered: Map<string, Channel>): boolean {
  if (filtered.size < MAX_FILTERS) return true;
  const left = [...filtered].find(([, { hasViewers }]) => !hasViewers);
  if (left) drop(filtered, ...left);
  return left !== undefined;
}

function drop(filtered: Map<string, Channel>, key: string, channel: Channel): void {
  channel.close();
  filtered.delete(key);
}

import type { LiveFrame } from "@rumkit/protocol";
import { applyFrame, emptyState, type LiveState } from "./liveState.ts";
import type { Connection } from "./stream.ts";

/** What is on the screen. */
interface LiveView {
  /** The state as painted: while paused, as it was then. */
  live: LiveState;
  connection: Connection;
  /** When the view was frozen, in ms since 1970 by this machine's clock; undefined while it moves. */
  pausedAt: number | undefined;
}

export interface LiveStore {
  getView: () => LiveView;
  /** Calls `listener` after each change of the view; returns the unsubscribe. */
  subscribe: (listener: () => void) => () => void;
  /** When the last frame arrived, in ms since 1970 by this machine's clock: the collector's may be off. */
  getLastFrameAt: () => number | undefined;
  onFrame: (frame: LiveFrame) => void;
  onConnection: (connection: Connection) => void;
  setPaused: (paused: boolean) => void;
}

/**
 * Holds the live state between the stream and the screen.
 *
 * Each frame is applied as it arrives. The view follows at most once per animation frame: a burst costs one
 * paint, and a hidden tab, where browsers run no animation frames, costs none and catches up when it is seen.
 */
export function createLiveStore(): LiveStore {
  const listeners = new Set<() => void>();
  let live = emptyState;
  let view: LiveView = { live, connection: "connecting", pausedAt: undefined };
  let lastFrameAt: number | undefined;
  let isScheduled = false;

  const show = (change: Partial<LiveView>) => {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  };

  const paint = () => {
    isScheduled = false;
    if (view.pausedAt === undefined) show({ live });
  };

  const schedulePaint = () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(paint);
  };

  return {
    getView: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getLastFrameAt: () => lastFrameAt,
    onFrame: (frame) => {
      live = applyFrame(live, frame);
      lastFrameAt = Date.now();
      schedulePaint();
    },
    onConnection: (connection) => show({ connection }),
    setPaused: (paused) => {
      show({ pausedAt: paused ? Date.now() : undefined });
      schedulePaint();
    },
  };
}

import type { LiveAlertState, LiveFrame } from "@rumkit/protocol";
import { applyFrame, emptyState, type LiveState } from "./liveState.ts";
import type { Connection } from "./stream.ts";

/** The displayed state. */
interface LiveView {
  /** The painted state; while paused, the state at that time. */
  live: LiveState;
  connection: Connection;
  /** The alerts, also while paused and in a hidden tab. Undefined while the collector evaluates none. */
  alerts: LiveAlertState | undefined;
  /** Time of the next try, in ms since 1970 by this machine's clock. Undefined while there is none to wait for. */
  retryAt: number | undefined;
  /** Time of the pause, in ms since 1970 by this machine's clock. Undefined while not paused. */
  pausedAt: number | undefined;
}

export interface LiveStore {
  getView: () => LiveView;
  /** Calls `listener` after each change of the view. Returns the unsubscribe function. */
  subscribe: (listener: () => void) => () => void;
  /** Returns the arrival time of the last frame, in ms since 1970 by this machine's clock: the collector's may be wrong. */
  getLastFrameAt: () => number | undefined;
  /** Returns the number of events that came while the page is paused. */
  getWaiting: () => number;
  onFrame: (frame: LiveFrame) => void;
  onConnection: (connection: Connection, retryAt?: number) => void;
  setPaused: (paused: boolean) => void;
}

/**
 * Holds the live state between the stream and the screen.
 *
 * Applies each frame as it arrives. The view follows at most once per animation frame, so a burst costs one paint. In a
 * hidden tab, browsers run no animation frames: it costs no paint, and the view catches up when the tab is visible. Only a
 * change of the alerts is shown at once, because the title of a hidden tab says it.
 */
export function createLiveStore(): LiveStore {
  const { getView, subscribe, show } = createView();
  let live = emptyState;
  let lastFrameAt: number | undefined;
  let isScheduled = false;

  const paint = () => {
    isScheduled = false;
    if (getView().pausedAt === undefined) show({ live });
  };

  const schedulePaint = () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(paint);
  };

  return {
    getView,
    subscribe,
    getLastFrameAt: () => lastFrameAt,
    getWaiting: () => (getView().pausedAt === undefined ? 0 : live.happened - getView().live.happened),
    onFrame: (frame) => {
      live = applyFrame(live, frame);
      lastFrameAt = Date.now();
      const { alerts } = live.board ?? {};
      // By its values: a collector that has started anew counts versions from the start.
      if (JSON.stringify(alerts) !== JSON.stringify(getView().alerts)) show({ alerts });
      schedulePaint();
    },
    onConnection: (connection, retryAt) => show({ connection, retryAt }),
    setPaused: (paused) => {
      show({ pausedAt: paused ? Date.now() : undefined });
      schedulePaint();
    },
  };
}

/** The displayed state, and the listeners of its changes. */
function createView() {
  const listeners = new Set<() => void>();
  let view: LiveView = {
    live: emptyState,
    connection: "connecting",
    alerts: undefined,
    retryAt: undefined,
    pausedAt: undefined,
  };
  return {
    getView: () => view,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show: (change: Partial<LiveView>): void => {
      view = { ...view, ...change };
      for (const listener of listeners) listener();
    },
  };
}

import { CollectError } from "./collectError.ts";

/**
 * Milliseconds that a body may take. 64 KiB in 7 s are 9 KB/s; any network that can load a page is faster. A slower
 * sender only occupies a connection.
 */
const BODY_TIMEOUT_MS = 7_000;

/** Deadlines for the bodies of a server, and their limit in milliseconds. */
interface BodyDeadlines extends Deadlines {
  readonly limitMs: number;
}

const usual = create(BODY_TIMEOUT_MS);
const ofServers = new WeakMap<object, BodyDeadlines>();

/** Sets how long the bodies of a server may take, in milliseconds. Default 7 s. */
export function limitBodies(server: object, limitMs: number): void {
  ofServers.set(server, create(limitMs));
}

/**
 * Ends every body of a server that has not arrived yet, because the server stops. Call it only after `limitBodies`.
 */
export function endBodies(server: object): void {
  ofServers.get(server)?.endAll();
}

/**
 * Calls `onLate` with the error to answer when the time of a body is over. Returns a function that ends the watch.
 */
export function watchBody(server: object | undefined, onLate: (error: CollectError) => void): () => void {
  const { watch, limitMs } = (server && ofServers.get(server)) ?? usual;
  return watch((isEnded) =>
    onLate(
      isEnded
        ? new CollectError("draining", "The collector is stopping. Send it again.")
        : new CollectError("timeout", `The body did not come within ${limitMs / 1000} s.`),
    ),
  );
}

function create(limitMs: number): BodyDeadlines {
  return { limitMs, ...createDeadlines(limitMs) };
}

/** Milliseconds between two checks of everything that is open. */
const CHECK_MS = 500;

/** One deadline for all items of a kind. */
interface Deadlines {
  /**
   * Calls `onLate` when the time is over, or when `endAll` is called; then `isEnded` is true. Returns a function that
   * cancels the deadline.
   */
  watch(onLate: (isEnded: boolean) => void): () => void;
  /** Treats all open items as late. */
  endAll(): void;
}

/**
 * Creates deadlines of `limitMs` after each `watch`, up to half a second late. One timer serves all of them: nearly
 * none is ever late, and a separate timer would cost each request as much as reading its headers.
 */
export function createDeadlines(limitMs: number): Deadlines {
  /** In the order in which they started. */
  const open = new Set<{ readonly until: number; readonly onLate: (isEnded: boolean) => void }>();
  let timer: NodeJS.Timeout | undefined;

  const endLate = (): void => {
    const now = performance.now();
    for (const watched of open) {
      if (watched.until > now) break;
      open.delete(watched);
      watched.onLate(false);
    }
    if (open.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    endAll: () => {
      const late = [...open];
      open.clear();
      for (const { onLate } of late) onLate(true);
    },
    watch: (onLate) => {
      const watched = { until: performance.now() + limitMs, onLate };
      open.add(watched);
      timer ??= setInterval(endLate, CHECK_MS).unref();
      return () => void open.delete(watched);
    },
  };
}

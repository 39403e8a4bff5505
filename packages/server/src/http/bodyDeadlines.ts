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

/** An open item, between those that started before and after it. */
interface Watched {
  readonly until: number;
  /** Undefined once the deadline is over or canceled. */
  onLate: ((isEnded: boolean) => void) | undefined;
  before: Watched | undefined;
  after: Watched | undefined;
}

/**
 * Creates deadlines of `limitMs` after each `watch`, up to half a second late. One timer serves all of them: nearly
 * none is ever late, and a separate timer would cost each request as much as reading its headers.
 */
export function createDeadlines(limitMs: number): Deadlines {
  const open = createOpenItems();
  let timer: NodeJS.Timeout | undefined;

  const end = (watched: Watched, isEnded: boolean): void => {
    const { onLate } = watched;
    open.remove(watched);
    onLate?.(isEnded);
  };
  const endLate = (): void => {
    const now = performance.now();
    for (let watched = open.first; watched && watched.until <= now; watched = open.first) end(watched, false);
    if (open.first) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    endAll: () => {
      for (let watched = open.first; watched; watched = open.first) end(watched, true);
    },
    watch: (onLate) => {
      const watched = open.add(performance.now() + limitMs, onLate);
      timer ??= setInterval(endLate, CHECK_MS).unref();
      return () => {
        if (watched.onLate) open.remove(watched);
      };
    },
  };
}

/**
 * Creates the list of open items, linked in the order in which they started. In a `Set`, the table that V8 leaves behind
 * at each growth keeps removed items until the next full garbage collection, and with them their whole requests.
 */
function createOpenItems() {
  let first: Watched | undefined;
  let last: Watched | undefined;
  return {
    get first() {
      return first;
    },
    add: (until: number, onLate: Watched["onLate"]): Watched => {
      const watched: Watched = { until, onLate, before: last, after: undefined };
      if (last) last.after = watched;
      else first = watched;
      last = watched;
      return watched;
    },
    remove: (watched: Watched): void => {
      const { before, after } = watched;
      if (before) before.after = after;
      else first = after;
      if (after) after.before = before;
      else last = before;
      watched.onLate = watched.before = watched.after = undefined;
    },
  };
}

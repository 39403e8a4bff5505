import { CollectError } from "./collectError.ts";
import { createDeadlines, type Deadlines } from "./deadlines.ts";

/**
 * Milliseconds that a body may take. 64 KiB in 7 s is 9 KB/s, slower than any network that loads a page. A slower
 * sender only holds a connection.
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

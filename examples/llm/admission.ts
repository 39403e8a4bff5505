import type { Context } from "hono";
import type { Queue } from "./queue.ts";
import { Refusal, refuse, STOPPING } from "./refusal.ts";

const FULL = new Refusal({
  status: 429,
  type: "rate_limit_error",
  code: "queue_full",
  message: "The queue is full. Try again after the seconds of Retry-After.",
});

/** A request that is answered: its place, and the signal that ends its work. */
export interface Admission {
  /** Aborts if the client leaves, with an `AbortError`, or the server stops. */
  readonly signal: AbortSignal;
  /** Frees the place. */
  readonly leave: () => void;
}

/** The end of the server. */
export interface Ending {
  /** Aborts when no new request is answered any more. */
  readonly draining: AbortSignal;
  /** Aborts when answers on their way have to end, with an error of another name than `AbortError`. */
  readonly closing: AbortSignal;
}

/** Waits for a place, or returns the response of a request that gets none. */
export async function admit(
  c: Context,
  queue: Queue,
  { draining, closing }: Ending,
): Promise<Admission | Response> {
  if (draining.aborted) return refuse(c, STOPPING);
  const gone = c.req.raw.signal;
  const signal = AbortSignal.any([gone, closing]);
  const entry = queue.enter(signal);
  if (entry === "full") return refuse(c, FULL, { "retry-after": String(secondsToWait(queue)) });
  const leave = await entry;
  if (leave !== "left") return { signal, leave };
  return gone.aborted ? clientLeft() : refuse(c, STOPPING);
}

/** The answer to a client that has left: it is counted as 499, and never read. */
export function clientLeft(): Response {
  return new Response(null, { status: 499 });
}

/** About a second for each answer that comes before. */
function secondsToWait({ waiting, running }: Queue): number {
  return Math.max(1, Math.ceil(waiting / Math.max(1, running)));
}

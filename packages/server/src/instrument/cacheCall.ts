import { type End, followSettling } from "@rumkit/client/calls";

export type Call = (...args: unknown[]) => unknown;

/**
 * Calls a method of a cache and reports the outcome: by its return value, by a promise, or by the callback that is
 * its last argument. `least`: with fewer arguments, a function at the end is a value to store and not a callback.
 */
export function followCacheCall(call: Call, args: readonly unknown[], least: number, end: End): unknown {
  let ended = false;
  const endOnce: End = (outcome, value) => {
    if (!ended) end(outcome, value);
    ended = true;
  };
  const callback = args.at(-1);
  try {
    if (typeof callback !== "function" || args.length < least)
      return followSettling(call(...args), { end: endOnce });
    let returned: unknown;
    const answered: End = (outcome, value) => {
      endOnce(outcome, value);
      // The callback receives the error: the copy of a promise that is never awaited must not end the process because
      // of it.
      if (outcome === "error" && returned instanceof Promise) returned.catch(() => {});
    };
    const result = call(...args.slice(0, -1), withAnswer(callback as Call, answered));
    returned = isAnswer(result) ? followSettling(result, { end: endOnce }) : result;
    return returned;
  } catch (error) {
    endOnce("error", error);
    throw error;
  }
}

/**
 * Wraps a callback so that it reports the outcome of its call. A callback that loads a missing value is called with
 * the key, or with nothing: then the call was a miss.
 */
function withAnswer(callback: Call, end: End): Call {
  return function (this: unknown, ...answer) {
    const [error, value] = answer;
    if (typeof error === "object" && error !== null) end("error", error);
    else end("done", typeof error === "string" ? undefined : value);
    return Reflect.apply<unknown, unknown[], unknown>(callback, this, answer);
  };
}

/**
 * Returns false for the values that clients return if a callback gets the answer: nothing, the client itself, or a
 * boolean for free room.
 */
function isAnswer(result: unknown): boolean {
  if (result === undefined || result === null || typeof result === "boolean") return false;
  return typeof (result as { get?: unknown }).get !== "function";
}

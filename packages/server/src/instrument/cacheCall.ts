import { type End, followSettling } from "@rumkit/client/calls";

export type Call = (...args: unknown[]) => unknown;

/**
 * Calls a method of a cache and says what came of it: by what it returns, by a promise, or by the callback that is its
 * last argument. `least`: with fewer arguments a function at the end is none of a callback, but what is stored.
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
      // The callback has the error: the copy of a promise that nothing awaits must not end the process for it.
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
 * A callback that says what came of its call. One that loads what is missing is called with the key, or with nothing:
 * then it was a miss.
 */
function withAnswer(callback: Call, end: End): Call {
  return function (this: unknown, ...answer) {
    const [error, value] = answer;
    if (typeof error === "object" && error !== null) end("error", error);
    else end("done", typeof error === "string" ? undefined : value);
    return Reflect.apply<unknown, unknown[], unknown>(callback, this, answer);
  };
}

/** False for what clients return where a callback gets the answer: nothing, themselves, whether there was room. */
function isAnswer(result: unknown): boolean {
  if (result === undefined || result === null || typeof result === "boolean") return false;
  return typeof (result as { get?: unknown }).get !== "function";
}

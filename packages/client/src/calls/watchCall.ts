import { watchCommand, watchStream, withEnd, type Callback } from "./watchEvents.ts";
import { replaceMethods } from "./replaceMethods.ts";
import { createStandIn } from "./standIn.ts";
import { pretend, type Work } from "./pretend.ts";
import type { Begin, End, Running, Until } from "./running.ts";
import { shapeOf } from "./shapeOf.ts";

type Method = (...args: unknown[]) => unknown;

/**
 * Calls a function and reports the begin and the end of its work. A promise ends when it settles, a readable stream
 * with its last data, a driver's query object with its answer. A query builder begins with its first `then`; a
 * generator lasts from its first step to its last. Any other call ends when the function returns.
 *
 * Returns what the function returns, throws what it throws. In place of a promise it returns a copy with the same
 * properties, because a handler on the promise itself would hide a rejection that the app does not handle. In place of a
 * subclass's promise it returns a stand-in that runs the methods of the original.
 *
 * A function with a parameter receives `until`: the call then lasts until the wrapped callback, whatever it returns.
 *
 * `anyIterator`: tracks every iterator, not only generators.
 */
export function watchCall(call: (until: Until) => unknown, begin: Begin, anyIterator = false): unknown {
  const running = once(begin());
  const { until, stop } = createUntil(running.end);
  let result: unknown;
  try {
    // A function whose parameters all have defaults never received an argument here, and still does not.
    result = Reflect.apply(call, undefined, call.length > 0 ? [until] : []);
  } catch (error) {
    running.end("error");
    throw error;
  }
  return stop() ? result : watchResult(result, running, begin, anyIterator);
}

/** `stop` disables `until`, and returns true if a callback was wrapped. */
function createUntil(end: End): { readonly until: Until; readonly stop: () => boolean } {
  let isCalling = true;
  let hasCallback = false;
  return {
    until: (callback) => {
      if (typeof callback !== "function" || !isCalling) return callback;
      hasCallback = true;
      return pretend(withEnd(callback as unknown as Callback, end), callback as unknown as Work) as never;
    },
    stop: () => {
      isCalling = false;
      return hasCallback;
    },
  };
}

function watchResult(result: unknown, running: Running, begin: Begin, anyIterator: boolean): unknown {
  try {
    const shape = shapeOf(result, anyIterator);
    switch (shape.kind) {
      case "promise":
        return watchPromise(shape.result, running, begin);
      case "lazy":
        return watchLazy(shape.result, running, begin);
      case "iterator":
        return watchIterator(shape.result, running, begin);
      case "iterable":
        return watchIterable(shape.result, running, begin);
      case "stream":
        watchStream(shape.result, running.end);
        break;
      case "command":
        watchCommand(shape.result, running.end);
        break;
      case "value":
        running.end("done", result);
    }
  } catch {
    // A getter of the result threw, or the result is a revoked proxy. The app will get the same error itself.
    running.end("done", result);
  }
  return result;
}

/**
 * Tracks a promise, or an object with `then`, that was returned already; any other result has ended. For calls whose
 * streams and iterators are values, as in caches.
 */
export function watchSettling(result: unknown, running: Running): unknown {
  const single = once(running);
  try {
    const shape = shapeOf(result, false);
    if (shape.kind === "promise") return watchPromise(shape.result, single, () => single);
    if (shape.kind === "lazy") return watchLazy(shape.result, running, () => running);
  } catch {
    // As above.
  }
  single.end("done", result);
  return result;
}

/** Tracks a promise whose work has begun. Returns a copy. */
function watchPromise(promise: PromiseLike<unknown>, running: Running, begin: Begin): unknown {
  const prototype = Reflect.getPrototypeOf(promise);
  const species = promise.constructor as { readonly [Symbol.species]?: unknown } | undefined;
  const isCopied = species?.[Symbol.species] === undefined || species[Symbol.species] === species;
  // Its copies would have another class, without its methods.
  if (!isCopied) return watchLazy(promise, running, begin);
  const copy = settle(promise, running.end);
  // A copy lacks the state that the constructor of a subclass made, which its methods need.
  if (prototype && !Object.hasOwn(prototype, "then")) return settleIn(promise, copy);
  if (Reflect.getPrototypeOf(copy) === prototype) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(promise)))
      if (!Object.hasOwn(copy, key)) Reflect.defineProperty(copy, key, descriptor);
  }
  return copy;
}

/** A stand-in for a promise that settles as its copy does. */
function settleIn(promise: PromiseLike<unknown>, copy: PromiseLike<unknown>): unknown {
  return createStandIn(promise, (key) => {
    if (key !== "then" && key !== "catch" && key !== "finally") return undefined;
    const method = Reflect.get(copy, key) as Method;
    return (...handlers) => Reflect.apply(method, copy, handlers);
  });
}

function settle(promise: PromiseLike<unknown>, end: End): PromiseLike<unknown> {
  return promise.then(
    (value) => {
      end("done", value);
      return value;
    },
    (error: unknown) => {
      end("error", error);
      throw error;
    },
  );
}

/**
 * Tracks an object whose work may begin only when its result is requested. Its `then`, `catch` and `finally` are
 * wrapped, never called: a second `then` would run its query a second time.
 */
function watchLazy(lazy: object, running: Running, begin: Begin): object {
  running.postpone?.();
  const { object, restore } = replaceMethods(lazy, ["then", "catch", "finally"], (name, original) => {
    return (...handlers) => {
      restore();
      const asked = once(begin());
      try {
        if (name === "then") return original(...watchHandlers(handlers, asked.end));
        const result = original(...(name === "catch" ? [watchError(handlers[0], asked.end)] : handlers));
        const then = (result as PromiseLike<unknown> | undefined)?.then;
        return typeof then === "function" ? settle(result as PromiseLike<unknown>, asked.end) : result;
      } catch (error) {
        asked.end("error");
        throw error;
      }
    };
  });
  return object;
}

/** The handlers of a `then`, wrapped to report the outcome before they run. */
function watchHandlers(handlers: readonly unknown[], end: End): unknown[] {
  const [onDone, onError, ...rest] = handlers;
  return [
    (value: unknown) => {
      end("done", value);
      return typeof onDone === "function" ? (Reflect.apply(onDone, undefined, [value]) as unknown) : value;
    },
    watchError(onError, end),
    ...rest,
  ];
}

function watchError(onError: unknown, end: End): (error: unknown) => unknown {
  return (error) => {
    end("error", error);
    if (typeof onError === "function") return Reflect.apply(onError, undefined, [error]) as unknown;
    throw error;
  };
}

/** Tracks each iteration of a cursor. */
function watchIterable(iterable: object, running: Running, begin: Begin): object {
  running.postpone?.();
  const { object } = replaceMethods(iterable, [Symbol.asyncIterator], (_name, original) => (...args) => {
    const iterator = original(...args);
    return typeof iterator === "object" && iterator !== null
      ? watchIterator(iterator, running, begin)
      : iterator;
  });
  return object;
}

/**
 * Tracks an iterator from its first step to its last. An iterator that is abandoned without `return` never ends; `for …
 * of` always calls `return`.
 */
function watchIterator(iterator: object, running: Running, begin: Begin): object {
  running.postpone?.();
  let begun: Running | undefined;
  const { object } = replaceMethods(iterator, ["next", "return", "throw"], (_name, original) => {
    return (...args) => {
      begun ??= once(begin());
      const { end } = begun;
      const step = (result: unknown): unknown => {
        if ((result as Partial<IteratorResult<unknown>> | undefined)?.done === true) end("done");
        return result;
      };
      const fail = (error: unknown): never => {
        end("error");
        throw error;
      };
      let result: unknown;
      try {
        result = original(...args);
      } catch (error) {
        return fail(error);
      }
      return shapeOf(result, false).kind === "promise"
        ? (result as PromiseLike<unknown>).then(step, fail)
        : step(result);
    };
  });
  return object;
}

function once({ end, postpone }: Running): Running {
  let ended = false;
  return {
    end: (outcome, value) => {
      if (!ended) end(outcome, value);
      ended = true;
    },
    postpone: () => {
      if (!ended) postpone?.();
      ended = true;
    },
  };
}

import { followCommand, followStream, withEnd, type Callback } from "./followEvents.ts";
import { replaceMethods } from "./replaceMethods.ts";
import { pretend, type Work } from "./pretend.ts";
import type { Begin, End, Running, Until } from "./running.ts";
import { shapeOf } from "./shapeOf.ts";

/**
 * Calls a function and says when what it does begins and ends: for a promise until it settles, for a query builder
 * from its first `then`, for a generator from its first step to its last, for a stream that is read until its end,
 * for a driver's query object until it has answered; for everything else until the function returns.
 *
 * Returns what it returned, throws what it threw, and nothing else. Of a promise it returns a copy, with its methods
 * and properties: a handler on the promise itself would hide a rejection that the app does not handle.
 *
 * A call that takes an argument gets `until`: what it hands a callback lasts until that callback, whatever it returns.
 *
 * `anyIterator`: follows every iterator, not only generators.
 */
export function followCall(call: (until: Until) => unknown, begin: Begin, anyIterator = false): unknown {
  const running = once(begin());
  const { until, stop } = createUntil(running.end);
  let result: unknown;
  try {
    // A function with a default of its own, which never had an argument here, gets none.
    result = Reflect.apply(call, undefined, call.length > 0 ? [until] : []);
  } catch (error) {
    running.end("error");
    throw error;
  }
  return stop() ? result : followResult(result, running, begin, anyIterator);
}

/** `stop` ends what `until` can do, and is true where a callback was handed over. */
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

function followResult(result: unknown, running: Running, begin: Begin, anyIterator: boolean): unknown {
  try {
    const shape = shapeOf(result, anyIterator);
    switch (shape.kind) {
      case "promise":
        return followPromise(shape.result, running, begin);
      case "lazy":
        return followLazy(shape.result, running, begin);
      case "iterator":
        return followIterator(shape.result, running, begin);
      case "stream":
        followStream(shape.result, running.end);
        break;
      case "command":
        followCommand(shape.result, running.end);
        break;
      case "value":
        running.end("done", result);
    }
  } catch {
    // A getter of the result threw, or it is a proxy that was revoked. The app shall meet that itself.
    running.end("done", result);
  }
  return result;
}

/**
 * Follows a promise, or an object with `then`, that was returned already; everything else has ended. For what may hold
 * streams and iterators as values, as caches do.
 */
export function followSettling(result: unknown, running: Running): unknown {
  const single = once(running);
  try {
    const shape = shapeOf(result, false);
    if (shape.kind === "promise") return followPromise(shape.result, single, () => single);
    if (shape.kind === "lazy") return followLazy(shape.result, running, () => running);
  } catch {
    // As above.
  }
  single.end("done", result);
  return result;
}

/** Follows a promise that runs already. Returns a copy. */
function followPromise(promise: PromiseLike<unknown>, running: Running, begin: Begin): unknown {
  const prototype = Reflect.getPrototypeOf(promise);
  const species = promise.constructor as { readonly [Symbol.species]?: unknown } | undefined;
  const isCopied = species?.[Symbol.species] === undefined || species[Symbol.species] === species;
  // Its copies would be of another class, without its methods.
  if (!isCopied) return followLazy(promise, running, begin);
  const copy = settle(promise, running.end);
  if (Reflect.getPrototypeOf(copy) === prototype) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(promise)))
      if (!Object.hasOwn(copy, key)) Reflect.defineProperty(copy, key, descriptor);
  }
  return copy;
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
 * Follows an object that may only begin when it is asked for its result. Its `then`, `catch` and `finally` are
 * watched, never called: a second `then` would run its query a second time.
 */
function followLazy(lazy: object, running: Running, begin: Begin): object {
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

/** The handlers of a `then`, which say how it settled before they run. */
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

/**
 * Follows an iterator from its first step to its last. One that is dropped in the middle, without `return`,
 * never ends; `for … of` always calls it.
 */
function followIterator(iterator: object, running: Running, begin: Begin): object {
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

/** Called once, when something has ended: with true where it failed. */
export type End = (failed: boolean) => void;

/** What a generator function returns. */
export type AnyGenerator = Generator | AsyncGenerator;

/**
 * Calls a function and says when it begins and ends: at once, or when its promise settles. Returns what it
 * returned; of a promise a copy, so that one that nobody handles stays unhandled.
 */
export function followCall(call: () => unknown, begin: () => End): unknown {
  const end = once(begin());
  try {
    const result = call();
    if (isThenable(result)) return followPromise(result, end);
    end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

/**
 * Follows a generator from its first step to its last. One that is dropped in the middle, without `return`,
 * never ends; `for … of` always calls it.
 */
export function followGenerator(generator: AnyGenerator, begin: () => End): AnyGenerator {
  let end: End | undefined;
  const step = (method: "next" | "return" | "throw", value: unknown): unknown => {
    end ??= once(begin());
    const ended = end;
    const settle = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
      if (result.done === true) ended(false);
      return result;
    };
    const fail = (error: unknown): never => {
      ended(true);
      throw error;
    };
    try {
      const result: unknown = (generator[method] as (value: unknown) => unknown)(value);
      return isThenable(result)
        ? (result as PromiseLike<IteratorResult<unknown>>).then(settle, fail)
        : settle(result as IteratorResult<unknown>);
    } catch (error) {
      return fail(error);
    }
  };
  // Its prototype is that of the function, which an app may have added to; `for … of` and `map` come from there.
  return Object.assign(Object.create(Object.getPrototypeOf(generator) as object) as AnyGenerator, {
    next: (value: unknown) => step("next", value),
    return: (value: unknown) => step("return", value),
    throw: (error: unknown) => step("throw", error),
  });
}

/** True for `function*` and `async function*`. What only returns a generator ends when it has returned. */
export function isGeneratorFunction(work: unknown): boolean {
  const tag = Object.prototype.toString.call(work);
  return tag === "[object GeneratorFunction]" || tag === "[object AsyncGeneratorFunction]";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function followPromise(promise: PromiseLike<unknown>, end: End): PromiseLike<unknown> {
  return promise.then(
    (value) => {
      end(false);
      return value;
    },
    (error: unknown) => {
      end(true);
      throw error;
    },
  );
}

function once(end: End): End {
  let ended = false;
  return (failed) => {
    if (!ended) end(failed);
    ended = true;
  };
}

/** Any function. A wrapped function keeps its type. */
export type Work = (...args: never[]) => unknown;

/**
 * Makes a wrapper look like the wrapped function to a framework that reads its name, its number of arguments and the
 * metadata of decorators (`reflect-metadata` searches the chain of prototypes).
 */
export function pretend<F extends Work>(wrapped: Work, work: F): F {
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(wrapped, key, { value: work[key], configurable: true });
  }
  // The object that a generator function returns is an instance of the function.
  Object.defineProperty(wrapped, "prototype", { value: (work as { prototype?: unknown }).prototype });
  Object.setPrototypeOf(wrapped, work);
  return wrapped as unknown as F;
}

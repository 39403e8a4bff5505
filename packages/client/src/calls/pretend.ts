/** Any function: what is passed through comes out with its own type. */
export type Work = (...args: never[]) => unknown;

/**
 * Makes a function look like another one to a framework, which reads its name, how many arguments it takes, and what
 * decorators have noted on it: `reflect-metadata` looks along the chain of prototypes.
 */
export function pretend<F extends Work>(wrapped: Work, work: F): F {
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(wrapped, key, { value: work[key], configurable: true });
  }
  // What a generator function returns is an instance of it.
  Object.defineProperty(wrapped, "prototype", { value: (work as { prototype?: unknown }).prototype });
  Object.setPrototypeOf(wrapped, work);
  return wrapped as unknown as F;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Patched = AnyFunction & { original?: AnyFunction };

/**
 * Puts a wrapper in the place of a method, and returns what takes it out again: also where another library has
 * wrapped the wrapper since, which then only passes on.
 */
export function patch<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  wrap: (original: Target[Name]) => Target[Name],
): () => void {
  const methods = target as Record<Name, Patched>;
  const original = methods[name];
  const wrapped = wrap(target[name]) as AnyFunction;
  const wrapper: Patched = function (...args) {
    return (wrapper.original ?? wrapped).apply(this, args);
  };
  methods[name] = wrapper;
  return () => {
    wrapper.original = original;
    // From the top down to the first that is in use: clients may stop in any order.
    while (methods[name].original) methods[name] = methods[name].original;
  };
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Undone wrappers, each with the method that it wrapped. */
const unwrapped = new WeakMap<AnyFunction, AnyFunction>();

/**
 * Replaces a method with a wrapper and returns the undo function. If another library has wrapped the wrapper since, it
 * stays in the chain and only forwards calls.
 *
 * Replaces the method where it is defined (`History.prototype`, not `history`): a property of the instance would hide
 * patches of other libraries on the prototype.
 */
export const patch = <Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  wrap: (original: Target[Name]) => Target[Name],
): (() => void) => {
  let owner = target as Record<Name, AnyFunction>;
  // oxlint-disable-next-line no-prototype-builtins -- Chrome 92 and Firefox 90 lack `Object.hasOwn`.
  while (!owner.hasOwnProperty(name)) owner = Object.getPrototypeOf(owner) as typeof owner;
  const original = owner[name];
  const wrapped = wrap(target[name]) as AnyFunction;
  const wrapper: AnyFunction = function (...args) {
    return (unwrapped.get(wrapper) ?? wrapped).apply(this, args);
  };
  owner[name] = wrapper;
  return () => {
    unwrapped.set(wrapper, original);
    // Removes undone wrappers from the top of the chain, because clients may stop in any order.
    for (let below; (below = unwrapped.get(owner[name]));) owner[name] = below;
  };
};

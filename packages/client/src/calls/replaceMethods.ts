import { createStandIn } from "./standIn.ts";

type Method = (...args: unknown[]) => unknown;

/** An object whose methods are watched, until `restore`. */
interface Watched {
  /** The object itself wherever its methods can be replaced, else an object that stands for it. */
  readonly object: object;
  /** Puts the methods back that were there before. */
  readonly restore: () => void;
}

/**
 * Replaces methods of one object, those of its class included. `wrap` gets a function that calls the original
 * on the object. The object stays the same one; where it is frozen, or a proxy that keeps nothing, an object that stands for it
 * is given instead.
 */
export function replaceMethods(
  subject: object,
  names: readonly string[],
  wrap: (name: string, original: Method) => Method,
): Watched {
  const methods = new Map<
    string,
    { readonly before?: PropertyDescriptor | undefined; readonly method: Method }
  >();
  for (const name of names) {
    const original: unknown = Reflect.get(subject, name);
    if (typeof original !== "function") continue;
    const call: Method = (...args) => Reflect.apply(original, subject, args);
    methods.set(name, { before: Object.getOwnPropertyDescriptor(subject, name), method: wrap(name, call) });
  }
  const restore = (): void => {
    for (const [name, { before, method }] of methods) {
      // What was put around it since then stays, and calls what only passes on.
      if (Object.getOwnPropertyDescriptor(subject, name)?.value !== method) continue;
      if (before) Reflect.defineProperty(subject, name, before);
      else Reflect.deleteProperty(subject, name);
    }
  };
  const areKept = [...methods].every(
    ([name, { before, method }]) =>
      Reflect.defineProperty(subject, name, {
        value: method,
        writable: true,
        configurable: true,
        enumerable: before?.enumerable ?? false,
      }) && Reflect.get(subject, name) === method,
  );
  if (areKept) return { object: subject, restore };
  restore();
  const object = createStandIn(subject, (key) => methods.get(String(key))?.method);
  return { object, restore: () => {} };
}

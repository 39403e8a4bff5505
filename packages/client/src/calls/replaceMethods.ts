import { createStandIn } from "./standIn.ts";

type Method = (...args: unknown[]) => unknown;

/** An object whose methods are replaced until `restore`. */
interface Watched {
  /** The object itself if its methods can be replaced, else a stand-in. */
  readonly object: object;
  /** Puts the original methods back. */
  readonly restore: () => void;
}

/**
 * Replaces methods of one object, including those of its class. `wrap` receives a function that calls the original on
 * the object. Returns the same object, or a stand-in if it is frozen or a proxy that ignores new properties.
 */
export function replaceMethods<Name extends string | symbol>(
  subject: object,
  names: readonly Name[],
  wrap: (name: Name, original: Method) => Method,
): Watched {
  const methods = new Map<
    string | symbol,
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
      // A wrapper that was added later stays. It calls a method that only passes the call on.
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
  const object = createStandIn(subject, (key) => methods.get(key)?.method);
  return { object, restore: () => {} };
}

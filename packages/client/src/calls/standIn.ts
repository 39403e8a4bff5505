type Method = (...args: unknown[]) => unknown;

/**
 * Creates a proxy for `subject`. Methods run on the subject itself, so that private fields and internal slots are
 * found. `replaced` may return another function for a method; it receives one that calls the original.
 *
 * The target of the proxy is an empty object, because a proxy throws if it returns another value for a property that is
 * frozen in its target.
 */
export function createStandIn<Subject extends object>(
  subject: Subject,
  replaced: (key: string | symbol, call: Method) => Method | undefined,
): Subject {
  const methods = new Map<string | symbol, { readonly from: unknown; readonly method: unknown }>();

  const methodOf = (key: string | symbol, value: (...args: never[]) => unknown): unknown => {
    const known = methods.get(key);
    if (known?.from === value) return known.method;
    const call: Method = (...args) => Reflect.apply(value, subject, args) as unknown;
    const run = replaced(key, call) ?? call;
    const method: Method = (...args) => {
      const result = run(...args);
      return result === subject ? standIn : result;
    };
    methods.set(key, { from: value, method });
    return method;
  };

  const standIn: Subject = new Proxy({} as Subject, {
    get: (_target, key) => {
      const value: unknown = Reflect.get(subject, key, subject);
      // Callers compare classes, read their static members and call them with `new`.
      if (typeof value !== "function" || key === "constructor" || isClass(value)) return value;
      return methodOf(key, value as (...args: never[]) => unknown);
    },
    set: (_target, key, value) => Reflect.set(subject, key, value, subject),
    has: (_target, key) => Reflect.has(subject, key),
    deleteProperty: (_target, key) => Reflect.deleteProperty(subject, key),
    defineProperty: (_target, key, descriptor) => Reflect.defineProperty(subject, key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(subject),
    ownKeys: () => Reflect.ownKeys(subject),
    getOwnPropertyDescriptor: (_target, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(subject, key);
      // The target lacks the property, so the proxy must report it as configurable.
      return descriptor && { ...descriptor, configurable: true };
    },
  });
  return standIn;
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith("class");
}

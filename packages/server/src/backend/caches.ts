import type { CACHE_OPERATIONS, CACHE_OUTCOMES } from "../metrics/labelValues.ts";
import type { Child, ChildOf } from "./child.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";
import { followCall } from "./followCall.ts";

type Operation = (typeof CACHE_OPERATIONS)[number];
type Outcome = (typeof CACHE_OUTCOMES)[number];

/** Counts what is done with a cache, where `instrumentCache` cannot see it. */
interface CacheCalls {
  /** It was there. */
  readonly hit: () => void;
  /** It was not. */
  readonly miss: () => void;
  readonly set: () => void;
  readonly delete: () => void;
  /** Shows how many entries the cache has. */
  readonly entries: (count: number) => void;
}

/** A `Map`, or a client of a store of its kind, whose answers may be promises. */
interface MapLike {
  get(key: never, ...rest: never[]): unknown;
  readonly size?: unknown;
}

export interface Caches {
  /** The calls of one cache: `const cache = trackCache("products"); cache.hit();` */
  readonly trackCache: (name: string) => CacheCalls;
  /**
   * A cache that counts: the same object to its users. A `get` that brings `undefined` or `null` is a miss; what
   * throws or rejects is an error. Of a cache with a numeric `size` the entries are shown.
   *
   * @example const products = instrumentCache("products", new Map<string, Product>());
   */
  readonly instrumentCache: <Cache extends MapLike>(name: string, cache: Cache) => Cache;
}

/** Every cache that is wrapped stays known to `readAtScrape`, which shows its entries. */
export function createCaches(childOf: ChildOf, readAtScrape: ReadAtScrape): Caches {
  const counterOf = (cache: string): ((operation: Operation, outcome: Outcome) => void) => {
    const children = new Map<string, Child>();
    return (operation, outcome) => {
      const key = operation + outcome;
      let child = children.get(key);
      if (!child) {
        child = childOf("cache_operations_total", { cache, operation, outcome });
        children.set(key, child);
      }
      child.add(1);
    };
  };

  return {
    trackCache: (name) => {
      const count = counterOf(name);
      const entries = childOf("cache_entries", { cache: name });
      return {
        hit: () => count("get", "hit"),
        miss: () => count("get", "miss"),
        set: () => count("set", "done"),
        delete: () => count("delete", "done"),
        entries: (value) => {
          if (Number.isFinite(value)) entries.add(value);
        },
      };
    },
    instrumentCache: (name, cache) => {
      const count = counterOf(name);
      if (typeof cache.size === "number") {
        const entries = childOf("cache_entries", { cache: name });
        readAtScrape({ metric: "cache_entries", name, gauges: [entries], read: () => [Number(cache.size)] });
      }
      return wrapCache(cache, count);
    },
  };
}

const OPERATION_OF: Readonly<Record<string, Operation>> = { get: "get", set: "set", delete: "delete" };

function wrapCache<Cache extends object>(
  cache: Cache,
  count: (operation: Operation, outcome: Outcome) => void,
): Cache {
  const methods = new Map<string | symbol, unknown>();
  const proxy: Cache = new Proxy(cache, {
    // `Map` and clients with private fields insist on being called on themselves.
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const found = methods.get(key);
      if (found !== undefined) return found;
      const operation = typeof key === "string" ? OPERATION_OF[key] : undefined;
      const method = (...args: unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(value, target, args);
        const result = operation
          ? countCall(call, (outcome) => count(operation, outcome), operation)
          : call();
        return result === target ? proxy : result;
      };
      methods.set(key, method);
      return method;
    },
  });
  return proxy;
}

function countCall(call: () => unknown, count: (outcome: Outcome) => void, operation: Operation): unknown {
  const countValue = (value: unknown): unknown => {
    const found = value === undefined || value === null ? "miss" : "hit";
    count(operation === "get" ? found : "done");
    return value;
  };
  const result = followCall(call, () => (failed) => {
    if (failed) count("error");
  });
  return result instanceof Promise ? result.then(countValue) : countValue(result);
}

import { isGiven, optionsIn } from "../base/looseValue.ts";
import type { Child, ChildOf } from "../metrics/recorder.ts";
import type { CountOperation } from "./commandQueue.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";
import { watchCache } from "./watchCache.ts";

/** The readers of a cache. At least 100 combinations of name, route and model count, later ones as `__other__`. */
export interface CacheOptions {
  /** The route of the requests that read it: the `endpoint` of `/metrics/stream`. Default none. */
  readonly route?: string | undefined;
  /** The model whose prompts it keeps. Default none. */
  readonly model?: string | undefined;
}

/** Counts the operations on a cache that `instrumentCache` cannot wrap. */
interface CacheCalls {
  /** The entry was there. */
  readonly hit: () => void;
  /** The entry was missing. */
  readonly miss: () => void;
  /**
   * Counts the lookup of a prompt in a cache of prefixes: a hit if some of its tokens were there. Numbers that are not
   * finite, or negative, count as 0.
   */
  readonly lookup: (prompt: { readonly tokens: number; readonly reused: number }) => void;
  readonly set: () => void;
  readonly delete: () => void;
  /** Shows the number of entries of the cache. */
  readonly entries: (count: number) => void;
}

export interface Caches {
  /** Counts the calls of one cache: `const cache = trackCache("products"); cache.hit();` */
  readonly trackCache: (name: string, options?: CacheOptions) => CacheCalls;
  /**
   * Wraps a cache so that its operations count; its users see the same object. A `get` that returns `undefined` or
   * `null` is a miss; a call that throws or rejects is an error. Methods are recognized by the names of common clients:
   * `hget`, `mget` and `fetch` are gets, `setex` and `mset` sets, `del` and `unlink` deletes. If a call requests
   * several keys, each is a hit or a miss. The commands of a Redis pipeline or transaction count when it is executed. A
   * cache that loads missing entries hides its misses, except for `lru-cache`: count them with `trackCache`.
   *
   * If the cache has a numeric `size`, its number of entries is exposed, until it is garbage-collected or another
   * cache gets its name.
   *
   * @example const products = instrumentCache("products", new Map<string, Product>());
   */
  readonly instrumentCache: <Cache extends object>(
    name: string,
    cache: Cache,
    options?: CacheOptions,
  ) => Cache;
}

type CacheLabels = Readonly<Record<"cache", string>>;

function labelsOf(cache: string, options: CacheOptions | undefined): CacheLabels {
  const { route, model } = optionsIn(options);
  return { cache, ...(isGiven(route) && { route }), ...(isGiven(model) && { model }) };
}

export function createCaches(childOf: ChildOf, readAtScrape: ReadAtScrape): Caches {
  const showEntries = createEntriesGauge(childOf, readAtScrape);
  return {
    trackCache: (name, options) => {
      const labels = labelsOf(name, options);
      const count = createOperationCounter(childOf, labels);
      const countTokens = createTokenCounter(childOf, labels);
      const entries = childOf("cache_entries", { cache: name });
      return {
        hit: () => count("get", "hit"),
        miss: () => count("get", "miss"),
        lookup: (prompt) => {
          const { tokens, reused } = optionsIn(prompt);
          const found = Math.min(amount(reused), amount(tokens));
          count("get", found > 0 ? "hit" : "miss");
          countTokens(amount(tokens), found);
        },
        set: () => count("set", "done"),
        delete: () => count("delete", "done"),
        entries: (value) => {
          if (Number.isFinite(value)) entries.add(value);
        },
      };
    },
    instrumentCache: (name, cache, options) => {
      if (sizeOf(cache) !== undefined) showEntries(name, cache);
      return watchCache(cache, createOperationCounter(childOf, labelsOf(name, options)));
    },
  };
}

/** Returns a function that counts the operations on a cache, and finds each series once. */
function createOperationCounter(childOf: ChildOf, labels: CacheLabels): CountOperation {
  const children = new Map<string, Child>();
  return (operation, outcome) => {
    const key = operation + outcome;
    let child = children.get(key);
    if (!child) {
      child = childOf("cache_operations_total", { ...labels, operation, outcome });
      children.set(key, child);
    }
    child.add(1);
  };
}

/** Returns a function that counts the tokens of prompts: their series exist from the first lookup on. */
function createTokenCounter(childOf: ChildOf, labels: CacheLabels): (tokens: number, reused: number) => void {
  let children: readonly [asked: Child, reused: Child] | undefined;
  return (tokens, reused) => {
    children ??= [childOf("cache_tokens_total", labels), childOf("cache_tokens_reused_total", labels)];
    children[0].add(tokens);
    children[1].add(reused);
  };
}

function amount(value: number | undefined): number {
  return Number.isFinite(value) ? Math.max(0, value!) : 0;
}

/** Returns a function that shows the entries of a cache, until it is garbage or another one has its name. */
function createEntriesGauge(
  childOf: ChildOf,
  readAtScrape: ReadAtScrape,
): (name: string, cache: object) => void {
  const stops = new Map<string, () => void>();
  return (name, cache) => {
    const entries = childOf("cache_entries", { cache: name });
    // An app may wrap a cache for each request, which must not keep the cache or its reader in memory.
    const kept = new WeakRef(cache);
    const read = (): readonly number[] => {
      const alive = kept.deref();
      if (alive) return [sizeOf(alive) ?? Number.NaN];
      stop();
      // Names may be as many as caches.
      if (stops.get(name) === stop) stops.delete(name);
      return [];
    };
    stops.get(name)?.();
    const stop = readAtScrape({ metric: "cache_entries", name, gauges: [entries], read });
    stops.set(name, stop);
  };
}

/** Returns the number of entries of a cache; undefined for one that does not expose it. */
function sizeOf(cache: object): number | undefined {
  try {
    const { size } = cache as { readonly size?: unknown };
    return typeof size === "number" && size >= 0 ? size : undefined;
  } catch {
    return undefined;
  }
}

import type { CACHE_OPERATIONS, CACHE_OUTCOMES } from "../metrics/labelValues.ts";
import { type End, watchSettling } from "@rumkit/client/calls";

export type CacheOperation = (typeof CACHE_OPERATIONS)[number];
export type CacheOutcome = (typeof CACHE_OUTCOMES)[number];

/** A method of a cache that is counted. */
export interface CacheMethod {
  readonly operation: CacheOperation;
  /** True if it requests several keys at once. Each is a hit or a miss. */
  readonly many: boolean;
  /** True if it answers with an empty object for a missing entry: `hgetall` of Redis. */
  readonly isHash: boolean;
  /** True if it loads missing entries, so that its answer does not show a hit or a miss: `fetch` of `lru-cache`. */
  readonly loads: boolean;
}

/**
 * Names of methods, in lower case and without `Buffer` at the end: those of `Map`, `lru-cache`, `keyv`, `node-cache`,
 * `cache-manager`, `memcached` and `unstorage`, and the commands of Redis as `ioredis` and `redis` call them.
 */
const NAMES: Readonly<Record<CacheOperation | "many", string>> = {
  get: "get hget getex getdel getset hgetall getitem fetch memo take",
  many: "mget hmget getmany getmulti getitems",
  set: "set setex psetex setnx mset msetnx hset hmset hsetnx setmany setitem setitems put",
  delete: "delete del unlink hdel mdel deletemany removeitem",
};

const METHODS: ReadonlyMap<string, CacheMethod> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) =>
    names.split(" ").map((name): [string, CacheMethod] => [
      name,
      {
        operation: kind === "many" ? "get" : (kind as CacheOperation),
        many: kind === "many",
        isHash: name === "hgetall",
        loads: name === "fetch" || name === "memo",
      },
    ]),
  ),
);

/** Returns the meaning of a cache's method; undefined for one that is not counted. */
export function cacheMethod(key: string | symbol): CacheMethod | undefined {
  return typeof key === "string" ? METHODS.get(key.toLowerCase().replace(/buffer$/, "")) : undefined;
}

/** Returns the outcomes of a call, one for each key that it requested. */
export function outcomesOf(
  { operation, many, isHash }: CacheMethod,
  args: readonly unknown[],
  value: unknown,
): readonly CacheOutcome[] {
  if (operation !== "get") return ["done"];
  const [asked] = args;
  const isObject = typeof value === "object" && value !== null;
  if ((many || Array.isArray(asked)) && Array.isArray(value)) return value.map(hitOrMiss);
  // `node-cache` answers with an object of the keys that it has.
  if (many && Array.isArray(asked) && isObject)
    return asked.map((key) => (Object.hasOwn(value, String(key)) ? "hit" : "miss"));
  if (isHash && isObject && Object.keys(value).length === 0) return ["miss"];
  return [hitOrMiss(value)];
}

function hitOrMiss(value: unknown): CacheOutcome {
  return value === undefined || value === null ? "miss" : "hit";
}

export type Call = (...args: unknown[]) => unknown;

/**
 * Calls a method of a cache and reports the outcome: by its return value, by a promise, or by the callback that is its
 * last argument. `least` is the minimum number of arguments: with fewer, a function at the end is a value to store and
 * not a callback.
 */
export function watchCacheCall(call: Call, args: readonly unknown[], least: number, end: End): unknown {
  let ended = false;
  const endOnce: End = (outcome, value) => {
    if (!ended) end(outcome, value);
    ended = true;
  };
  const callback = args.at(-1);
  try {
    if (typeof callback !== "function" || args.length < least)
      return watchSettling(call(...args), { end: endOnce });
    let returned: unknown;
    const answered: End = (outcome, value) => {
      endOnce(outcome, value);
      // The callback receives the error. The copy of the promise is never awaited, so its rejection must not end the
      // process.
      if (outcome === "error" && returned instanceof Promise) returned.catch(() => {});
    };
    const result = call(...args.slice(0, -1), withAnswer(callback as Call, answered));
    returned = isAnswer(result) ? watchSettling(result, { end: endOnce }) : result;
    return returned;
  } catch (error) {
    endOnce("error", error);
    throw error;
  }
}

/**
 * Wraps a callback so that it reports the outcome of its call. A callback that loads a missing value is called with
 * the key, or with nothing: then the call was a miss.
 */
function withAnswer(callback: Call, end: End): Call {
  return function (this: unknown, ...answer) {
    const [error, value] = answer;
    if (typeof error === "object" && error !== null) end("error", error);
    else end("done", typeof error === "string" ? undefined : value);
    return Reflect.apply<unknown, unknown[], unknown>(callback, this, answer);
  };
}

/**
 * Returns false for values that clients return if a callback gets the answer: undefined, the client itself, or a
 * boolean that reports back-pressure.
 */
function isAnswer(result: unknown): boolean {
  if (result === undefined || result === null || typeof result === "boolean") return false;
  return typeof (result as { get?: unknown }).get !== "function";
}

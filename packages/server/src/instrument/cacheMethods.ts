import type { CACHE_OPERATIONS, CACHE_OUTCOMES } from "../metrics/labelValues.ts";

export type CacheOperation = (typeof CACHE_OPERATIONS)[number];
export type CacheOutcome = (typeof CACHE_OUTCOMES)[number];

/** A method of a cache that is counted. */
export interface CacheMethod {
  readonly operation: CacheOperation;
  /** It requests several keys at once, and each is a hit or a miss. */
  readonly many: boolean;
  /** It answers with an empty object for a missing entry: `hgetall` of Redis. */
  readonly isHash: boolean;
  /** It loads missing entries, so its answer does not show a hit or a miss: `fetch` of `lru-cache`. */
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

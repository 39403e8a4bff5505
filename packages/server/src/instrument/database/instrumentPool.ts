import type { ChildOf } from "../../metrics/recorder.ts";
import type { ReadAtScrape } from "../gaugeReaders.ts";
import type { Queries } from "./queryTimer.ts";
import { watchCall, type Running, withEnd } from "@rumkit/client/calls";

/** The members of a pool of `pg` that are used. */
export interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  on(event: "acquire" | "remove", listener: (client: PgClient) => void): unknown;
  off(event: "acquire" | "remove", listener: (client: PgClient) => void): unknown;
  query?: (...args: never[]) => unknown;
  connect?: (...args: never[]) => unknown;
}

/** A client of `pg`. */
interface PgClient {
  // The overloads of a driver's `query` do not matter here.
  query: (...args: never[]) => unknown;
}

type Method = (...args: unknown[]) => unknown;

/**
 * Times the queries of a pool, including transactions, and exposes its number of connections. Returns a function that
 * undoes it.
 *
 * A pool passes every query to one of its clients, so the clients are instrumented from their first use on:
 * `pool.query`, `pool.connect` and transactions are treated the same, and none counts twice. A query that gets no
 * client is counted by the pool's own methods.
 */
export function watchPool(pool: PgPool, queries: Queries): () => void {
  const undo = new Map<PgClient, () => void>();
  const watch = (client: PgClient): void => {
    if (!undo.has(client)) undo.set(client, watchClient(client, queries.begin));
  };
  const forget = (client: PgClient): void => void undo.delete(client);
  pool.on("acquire", watch);
  pool.on("remove", forget);
  const unwatch = watchConnect(pool, queries.refused);
  return () => {
    pool.off("acquire", watch);
    pool.off("remove", forget);
    unwatch();
    for (const each of undo.values()) each();
    undo.clear();
  };
}

/** The numbers of connections of a pool that are in use and idle, and of requests that wait for one. */
export interface PoolState {
  readonly active: number;
  readonly idle: number;
  readonly waiting: number;
}

const POOL_GAUGES = [
  "database_connections_active",
  "database_connections_idle",
  "database_connections_waiting",
] as const;

/** Shows the connections of a pool. Returns a function that ends it. */
export function showPool(
  name: string,
  childOf: ChildOf,
  readAtScrape: ReadAtScrape,
  read: () => PoolState,
): () => void {
  return readAtScrape({
    metric: POOL_GAUGES[0],
    name,
    gauges: POOL_GAUGES.map((metric) => childOf(metric, { pool: name })),
    read: () => {
      const { active, idle, waiting } = read();
      return [active, idle, waiting];
    },
  });
}

export function stateOf({ totalCount, idleCount, waitingCount }: PgPool): PoolState {
  return { active: Math.max(0, totalCount - idleCount), idle: idleCount, waiting: waitingCount };
}

/**
 * Counts requests that get no connection: the server is down, all connections are in use, the pool has ended.
 * `pool.query` calls `pool.connect` synchronously, so the text of its query is known then.
 */
function watchConnect(pool: PgPool, refused: Queries["refused"]): () => void {
  let sql: string | undefined;
  const restoreQuery = replace(pool, "query", (query) => (...args) => {
    const outer = sql;
    sql = textOf(args[0]);
    try {
      return query(...args);
    } finally {
      sql = outer;
    }
  });
  const restoreConnect = replace(pool, "connect", (connect) => (...args) => {
    const text = sql;
    const running: Running = { end: (outcome) => outcome === "error" && refused(text) };
    const [callback] = args;
    if (typeof callback === "function") return connect(withEnd(callback as Callback, running.end));
    return watchCall(
      () => connect(...args),
      () => running,
    );
  });
  return () => {
    restoreQuery();
    restoreConnect();
  };
}

function watchClient(client: PgClient, begin: Queries["begin"]): () => void {
  return replace(client, "query", (query) => (...args) => {
    const sql = textOf(args[0]);
    return sql === undefined ? query(...args) : watchQuery(args, () => begin(sql), query);
  });
}

/**
 * Replaces a method of one object; an object that does not have it, or is frozen, stays unchanged. Returns a function
 * that undoes it.
 */
function replace<Name extends string>(
  object: Partial<Record<Name, unknown>>,
  name: Name,
  wrap: (original: Method) => Method,
): () => void {
  const original = object[name];
  if (typeof original !== "function") return () => {};
  const isOwn = Object.hasOwn(object, name);
  let active = true;
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    const call: Method = (...all) => Reflect.apply(original, this, all) as unknown;
    return active ? wrap(call)(...args) : call(...args);
  };
  if (!Reflect.set(object, name, watched)) return () => {};
  return () => {
    active = false;
    // A wrapper that was added later stays. It calls a function that only passes the call on.
    if (object[name] !== watched) return;
    if (isOwn) Reflect.set(object, name, original);
    else Reflect.deleteProperty(object, name);
  };
}

/** Returns the text of `query("SELECT …")`, `query({ text })`, `query(new Query(…))` and `query(new Cursor(…))`. */
function textOf(query: unknown): string | undefined {
  if (typeof query === "string") return query;
  const { text, cursor } = (query ?? {}) as { text?: unknown; cursor?: { text?: unknown } };
  if (typeof text === "string") return text;
  return typeof cursor?.text === "string" ? cursor.text : undefined;
}

type Callback = (error: unknown, ...rest: unknown[]) => unknown;

/** Reports when a query has ended, for each of the interfaces of `pg`: callback, promise or events. */
function watchQuery(args: readonly unknown[], begin: () => Running, run: Method): unknown {
  const [config] = args as [{ callback?: unknown; cursor?: unknown } | string];
  const callback = args.at(-1);
  if (typeof callback === "function") {
    return byCallback(begin, (end) => run(...args.slice(0, -1), withEnd(callback as Callback, end)));
  }
  if (typeof config === "object" && typeof config.callback === "function" && !isSubmittable(config)) {
    const { callback: own } = config;
    return byCallback(begin, (end) =>
      run({ ...config, callback: withEnd(own as Callback, end) }, ...args.slice(1)),
    );
  }
  return watchCall(() => run(...args), begin);
}

/** A callback ends the query, for any return value; a query that throws never calls it. */
function byCallback(begin: () => Running, run: (end: Running["end"]) => unknown): unknown {
  const { end } = begin();
  try {
    return run(end);
  } catch (error) {
    end("error");
    throw error;
  }
}

/** Returns true for a query object of `pg` itself: it is the result, too. */
function isSubmittable(query: unknown): boolean {
  return typeof (query as { submit?: unknown }).submit === "function";
}

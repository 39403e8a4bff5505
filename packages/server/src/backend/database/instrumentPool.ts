import { errorMonitor } from "node:events";
import type { ChildOf } from "../child.ts";
import type { ReadAtScrape } from "../gaugeReaders.ts";
import type { BeginQuery } from "./queryTimer.ts";

/** A pool of `pg`, as far as it is needed. */
export interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  on(event: "acquire" | "remove", listener: (client: PgClient) => void): unknown;
  off(event: "acquire" | "remove", listener: (client: PgClient) => void): unknown;
}

/** A client of `pg`. */
interface PgClient {
  // The overloads of a driver's `query` are its own business.
  query: (...args: never[]) => unknown;
}

/**
 * Times the queries of a pool, its transactions included, and shows its connections. Returns what undoes it.
 *
 * A pool hands every query to one of its clients, so the clients are watched, from the moment that they are
 * first used: `pool.query`, `pool.connect` and transactions are the same to it, and none counts twice.
 */
export function watchPool(pool: PgPool, begin: BeginQuery): () => void {
  const undo = new Map<PgClient, () => void>();
  const watch = (client: PgClient): void => {
    if (!undo.has(client)) undo.set(client, watchClient(client, begin));
  };
  const forget = (client: PgClient): void => void undo.delete(client);
  pool.on("acquire", watch);
  pool.on("remove", forget);
  return () => {
    pool.off("acquire", watch);
    pool.off("remove", forget);
    for (const unwatch of undo.values()) unwatch();
    undo.clear();
  };
}

/** How many connections of a pool are in use, wait for work, and are waited for. */
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

/** Shows the connections of a pool. Returns what ends it. */
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

function watchClient(client: PgClient, begin: BeginQuery): () => void {
  const { query } = client;
  const isOwn = Object.hasOwn(client, "query");
  let active = true;
  const watched = function (this: PgClient, ...args: unknown[]): unknown {
    const sql = textOf(args[0]);
    if (!active || sql === undefined) return Reflect.apply(query, this, args);
    return followQuery(args, begin(sql), (all) => Reflect.apply(query, this, all) as unknown);
  };
  client.query = watched;
  return () => {
    active = false;
    // Whatever was put around it since then stays, and calls what does nothing any more.
    if (client.query !== watched) return;
    if (isOwn) client.query = query;
    else Reflect.deleteProperty(client, "query");
  };
}

/** The text of `query("SELECT …")`, `query({ text })`, `query(new Query(…))` and `query(new Cursor(…))`. */
function textOf(query: unknown): string | undefined {
  if (typeof query === "string") return query;
  const { text, cursor } = (query ?? {}) as { text?: unknown; cursor?: { text?: unknown } };
  if (typeof text === "string") return text;
  return typeof cursor?.text === "string" ? cursor.text : undefined;
}

type Callback = (error: unknown, ...rest: unknown[]) => unknown;

/** Says when a query has ended, in whichever of `pg`'s ways its caller waits: callback, promise or events. */
function followQuery(
  args: readonly unknown[],
  end: (failed: boolean) => void,
  run: (args: readonly unknown[]) => unknown,
): unknown {
  const callback = args.at(-1);
  try {
    if (typeof callback === "function") {
      return run([...args.slice(0, -1), withEnd(callback as Callback, end)]);
    }
    const config = args[0] as { callback?: unknown };
    if (typeof config.callback === "function" && !isSubmittable(config)) {
      return run([{ ...config, callback: withEnd(config.callback as Callback, end) }, ...args.slice(1)]);
    }
    return followResult(run(args), end);
  } catch (error) {
    end(true);
    throw error;
  }
}

function withEnd(callback: Callback, end: (failed: boolean) => void): Callback {
  return function (this: unknown, error, ...rest) {
    end(Boolean(error));
    return Reflect.apply(callback, this, [error, ...rest]);
  };
}

interface Emitter {
  once(event: string | symbol, listener: () => void): unknown;
}

function followResult(result: unknown, end: (failed: boolean) => void): unknown {
  if (result instanceof Promise) {
    return result.then(
      (value: unknown) => {
        end(false);
        return value;
      },
      (error: unknown) => {
        end(true);
        throw error;
      },
    );
  }
  if (typeof (result as Partial<Emitter> | null | undefined)?.once === "function") {
    const emitter = result as Emitter;
    let ended = false;
    const endOnce = (failed: boolean): void => {
      if (!ended) end(failed);
      ended = true;
    };
    emitter.once("end", () => endOnce(false));
    // A listener of "error" would keep one that nobody handles from being thrown.
    emitter.once(errorMonitor, () => endOnce(true));
  }
  return result;
}

/** A query object of `pg`'s own kind: it is the result, too. */
function isSubmittable(query: unknown): boolean {
  return typeof (query as { submit?: unknown }).submit === "function";
}

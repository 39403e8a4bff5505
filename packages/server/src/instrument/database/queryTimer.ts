import { NONE, OTHER_VALUE, type QUERY_OUTCOMES } from "../../metrics/labelValues.ts";
import type { Child, ChildOf } from "../../metrics/recorder.ts";
import { describeQuery, type QueryKind } from "./describeQuery.ts";
import { watchCall, type Running, type Until } from "@rumkit/client/calls";

/**
 * Runs a query and counts it by its operation and table: `queryTimer(sql, () => statement.all())`. Returns what `run`
 * returns, and throws only what `run` throws. For drivers that `instrumentPool` does not support.
 *
 * A promise is timed until it settles, a query builder from its first `then`, a stream or an iterator of rows until its
 * end, a query object of `mysql2`, `mysql` or `pg` until it has answered, everything else until `run` returns. For a
 * driver that returns nothing and calls a callback:
 * `queryTimer(sql, (until) => db.all(sql, until((error, rows) => …)))`.
 */
export type QueryTimer = <Result>(sql: string, run: (until: Until) => Result) => Result;

/** Counts queries of one kind. Never throws. */
export interface Queries {
  /** Begins to time a query. */
  readonly begin: (sql: unknown) => Running;
  /** Counts a query that was never sent. Without `sql`, a caller of `connect` got no connection. */
  readonly refused: (sql?: string) => void;
}

/** Maximum texts in the cache. An app has some hundreds, unless it writes values into them. */
const MAX_REMEMBERED = 1_000;

/**
 * Maximum UTF-16 units of a text in the cache: a thousand texts take at most 8 MB. A longer text is parsed each time.
 */
const MAX_REMEMBERED_LENGTH = 4_000;

/** Used if a caller requested a connection and not a query. */
const CONNECT: QueryKind = { operation: "connect", table: NONE };

interface Query {
  readonly duration: Child;
  readonly done: Child;
  readonly error: Child;
  /** Created on the first refusal, because most kinds of queries are never refused. */
  readonly refused: () => Child;
}

/** Counts queries. A cached text costs one lookup. */
export function createQueries(childOf: ChildOf): Queries {
  const byText = new Map<string, Query>();
  const byKind = new Map<string, Query>();

  const ofKind = (kind: QueryKind): Query =>
    remember(byKind, `${kind.operation} ${kind.table}`, () => createQuery(kind, childOf));
  const find = (sql: unknown): Query => {
    // Plain JavaScript may pass any value: a query still counts.
    if (typeof sql !== "string") return ofKind({ operation: OTHER_VALUE, table: NONE });
    if (sql.length > MAX_REMEMBERED_LENGTH) return ofKind(describeQuery(sql));
    return remember(byText, sql, () => ofKind(describeQuery(sql)));
  };

  return {
    begin: (sql) => {
      const query = find(sql);
      const start = performance.now();
      return {
        end: (outcome) => {
          query.duration.add((performance.now() - start) / 1000);
          query[outcome].add(1);
        },
      };
    },
    refused: (sql) => (sql === undefined ? ofKind(CONNECT) : find(sql)).refused().add(1),
  };
}

function createQuery({ operation, table }: QueryKind, childOf: ChildOf): Query {
  const count = (outcome: (typeof QUERY_OUTCOMES)[number]): Child =>
    childOf("database_queries_total", { operation, table, outcome });
  return {
    duration: childOf("database_query_duration_seconds", { operation, table }),
    done: count("done"),
    error: count("error"),
    refused: () => count("no_connection"),
  };
}

function remember<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  if (map.size >= MAX_REMEMBERED) map.clear();
  map.set(key, value);
  return value;
}

export function createQueryTimer({ begin }: Queries): QueryTimer {
  return <Result>(sql: string, run: (until: Until) => Result) =>
    watchCall(run, () => begin(sql), true) as Result;
}

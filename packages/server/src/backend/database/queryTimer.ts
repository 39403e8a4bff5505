import { JOB_OUTCOMES } from "../../metrics/labelValues.ts";
import type { Child, ChildOf } from "../child.ts";
import { followCall } from "../followCall.ts";
import { describeQuery } from "./describeQuery.ts";

/**
 * Runs a query and counts it by what it does and to which table: `queryTimer(sql, () => statement.all())`.
 * Returns what `run` returns, throws what it throws. For drivers that `instrumentPool` does not know.
 */
export type QueryTimer = <Result>(sql: string, run: () => Result) => Result;

/** Begins a query. What it returns is to be called once, with true where the query failed. */
export type BeginQuery = (sql: string) => (failed: boolean) => void;

/** Texts that are remembered: an app has some hundreds, unless it writes values into them. */
const MAX_REMEMBERED = 1_000;

interface Query {
  readonly duration: Child;
  readonly outcomes: readonly [done: Child, error: Child];
}

/** Counts queries. A text that was seen before costs a table lookup. */
export function createBeginQuery(childOf: ChildOf): BeginQuery {
  const byText = new Map<string, Query>();
  const find = (sql: string): Query => {
    const found = byText.get(sql);
    if (found) return found;
    const kind = { ...describeQuery(sql) };
    const [done, error] = JOB_OUTCOMES.map((outcome) =>
      childOf("database_queries_total", { ...kind, outcome }),
    );
    const query: Query = {
      duration: childOf("database_query_duration_seconds", kind),
      outcomes: [done!, error!],
    };
    if (byText.size >= MAX_REMEMBERED) byText.clear();
    byText.set(sql, query);
    return query;
  };
  return (sql) => {
    const { duration, outcomes } = find(sql);
    const start = performance.now();
    return (failed) => {
      duration.add((performance.now() - start) / 1000);
      outcomes[failed ? 1 : 0].add(1);
    };
  };
}

export function createQueryTimer(begin: BeginQuery): QueryTimer {
  return <Result>(sql: string, run: () => Result) => followCall(run, () => begin(sql)) as Result;
}

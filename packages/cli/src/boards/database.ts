import { sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

/** The app's database, as the app sees it. */
export const database: BoardSpec = {
  name: "database",
  title: "Database",
  description: "Queries and connections of the app's databases, as the app measures them.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    { title: "Queries and connections", rows: [[queryDuration(context), connections(context)]] },
  ],
};

function queryDuration({ promql }: BoardContext): QueryPanel {
  return {
    name: "query-duration",
    title: "Query duration by table, 95th percentile",
    description: "One in twenty queries took longer than this, as measured in the app.",
    kind: "timeseries",
    queries: queryOf(promql, "database_query_duration_seconds", "{{operation}} {{table}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["operation", "table"]),
    ),
  };
}

function connections({ promql }: BoardContext): QueryPanel {
  return {
    name: "connections",
    title: "Database connections",
    description: "Connections of the app's pools that are in use or idle, and requests that wait for one.",
    kind: "timeseries",
    queries: (["active", "idle", "waiting"] as const).flatMap((state) =>
      queryOf(promql, `database_connections_${state}`, `{{pool}} (${state})`, (metric) =>
        sumBy(["pool"], promql.gauge(metric)),
      ),
    ),
  };
}

import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { topOf } from "../promql/ranking.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { Panel, QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { postgresSection } from "./postgresPanels.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

/** The app's database, as the app sees it. */
export const database: BoardSpec = {
  name: "database",
  title: "Database",
  description: "Queries and connections of the app's databases, as the app and the server measure them.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    {
      title: "Queries and connections",
      about: "database",
      rows: [
        [origin(context)],
        [queries(context), failures(context), connections(context)],
        [queryDuration(context), spread(context)],
      ],
    },
    ...(context.postgres ? [postgresSection(context.postgres)] : []),
  ],
};

function origin({ postgres }: BoardContext): Panel {
  return {
    kind: "text",
    name: "origin",
    title: "Where these figures come from",
    description: "How the app measures its database, and what measures the server.",
    content: `The app measures its own queries and connections: \`instrumentPool(pool)\` for \`pg\`, \`queryTimer(sql, …)\` and \`trackPool(name, read)\` for any other driver. **The panels stay empty until the app calls one of them.** The size of the database, its transactions and its cache are known to the server only: ${postgres ? "they are below, from" : "run"} [postgres_exporter](https://github.com/prometheus-community/postgres_exporter)${postgres ? "" : " beside it, and name its scrape job with `rumkit generate --postgres-job` to have them here"}.`,
  };
}

function queries({ promql }: BoardContext): QueryPanel {
  return {
    name: "queries",
    title: "Queries per minute by table",
    description:
      "Queries by operation and table, the ten most. When a table leads by far, look for a query in a loop.",
    kind: "timeseries",
    queries: queryOf(promql, "database_queries_total", "{{operation}} {{table}}", (metric) =>
      topOf(perMinute(sumBy(["operation", "table"], promql.rate(metric, RATE_INTERVAL)))),
    ),
  };
}

function failures({ promql }: BoardContext): QueryPanel {
  return {
    name: "failed-queries",
    title: "Share of failed queries",
    description:
      "The share of queries that ended with an error, and of those that got no connection. When no connection is red, the pool is too small or the server is down; when errors are, read the log of the app.",
    kind: "timeseries",
    queries: (["error", "no_connection"] as const).flatMap((outcome) =>
      queryOf(promql, "database_queries_total", outcome.replace("_", " "), (metric) =>
        ratioOf(
          sumBy([], promql.rate(metric, RATE_INTERVAL, { outcome })),
          sumBy([], promql.rate(metric, RATE_INTERVAL)),
        ),
      ),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.01, color: "red" },
    ],
  };
}

function queryDuration({ promql }: BoardContext): QueryPanel {
  return {
    name: "query-duration",
    title: "Query duration by table, 95th percentile",
    description:
      "One in twenty queries took longer than this, as measured in the app, the ten slowest. When one rises as its table grows, ask the database to explain its plan: an index may be missing.",
    kind: "timeseries",
    queries: queryOf(promql, "database_query_duration_seconds", "{{operation}} {{table}}", (metric) =>
      topOf(promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["operation", "table"])),
    ),
  };
}

function spread({ promql }: BoardContext): QueryPanel {
  return {
    name: "query-spread",
    title: "Query durations",
    description:
      "Queries by duration over time: the brighter, the more. When a band appears far above the others, queries wait for a lock or for the disk.",
    kind: "heatmap",
    queries: queryOf(promql, "database_query_duration_seconds", "{{le}}", (metric) =>
      sumBy(["le"], promql.bucketIncrease(metric, RATE_INTERVAL)),
    ),
  };
}

function connections({ promql }: BoardContext): QueryPanel {
  return {
    name: "connections",
    title: "Database connections",
    description:
      "Connections of the app's pools that are in use or idle, and requests that wait for one. When requests wait, look for slow queries and for transactions that stay open, before the pool is made larger.",
    kind: "timeseries",
    queries: (["active", "idle", "waiting"] as const).flatMap((state) =>
      queryOf(promql, `database_connections_${state}`, `{{pool}} (${state})`, (metric) =>
        sumBy(["pool"], promql.gauge(metric)),
      ),
    ),
  };
}

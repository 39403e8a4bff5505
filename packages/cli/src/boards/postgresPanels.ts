import { perMinute, ratioOf, sumBy, totalOf } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import { lowestFirst, topOf } from "../promql/ranking.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { Query, QueryPanel, Section } from "./board.ts";

/** Blocks and the like that belong to all databases together have an empty name. */
const OF_A_DATABASE = { datname: { not: "" } } as const;

/** PostgreSQL as the server sees it, of postgres_exporter. */
export function postgresSection(promql: Promql): Section {
  return {
    title: "PostgreSQL server",
    about: "database",
    rows: [
      [status(promql), used(promql), sizes(promql)],
      [connections(promql), transactions(promql), cacheHits(promql)],
      [rows(promql), deadlocks(promql)],
    ],
  };
}

function status(promql: Promql): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "postgres-up",
    title: "PostgreSQL",
    description:
      "Whether the exporter reaches the server. When it is red, look whether the server runs, and whether the exporter's user may still log in.",
    kind: "stat",
    queries: [
      { expression: lowestFirst(sumBy([instance], promql.gauge("pg_up"))), legend: `{{${instance}}}` },
    ],
    states: { "0": { text: "down", color: "red" }, "1": { text: "up", color: "green" } },
  };
}

function used(promql: Promql): QueryPanel {
  const inUse = sumBy([], promql.gauge("pg_stat_activity_count"));
  return {
    name: "postgres-connections-used",
    title: "Connections in use of those allowed",
    description:
      "Connections of all programs, as a share of max_connections. When it is red, new ones are soon refused: look for pools that are too large, and put a pooler such as PgBouncer before the server.",
    kind: "gauge",
    queries: [
      {
        expression: { ...ratioOf(inUse, sumBy([], promql.gauge("pg_settings_max_connections"))), highest: 1 },
        legend: "in use",
      },
    ],
    thresholds: [
      { value: null, color: "green" },
      { value: 0.7, color: "orange" },
      { value: 0.8, color: "red" },
    ],
  };
}

function sizes(promql: Promql): QueryPanel {
  return {
    name: "postgres-size",
    title: "Size of databases",
    description:
      "Size of each database on the disk, with its indexes, the ten largest. When one grows faster than its rows, look at autovacuum, and for tables that keep everything.",
    kind: "timeseries",
    queries: [
      {
        expression: topOf(sumBy(["datname"], promql.gauge("pg_database_size_bytes"))),
        legend: "{{datname}}",
      },
    ],
  };
}

function connections(promql: Promql): QueryPanel {
  return {
    name: "postgres-connections",
    title: "Server connections by state",
    description:
      "Connections of all programs, by state. When idle in transaction stays above 0, a program holds locks while it does something else: look for calls between BEGIN and COMMIT.",
    kind: "timeseries",
    hidesZeros: true,
    queries: [{ expression: sumBy(["state"], promql.gauge("pg_stat_activity_count")), legend: "{{state}}" }],
  };
}

function transactions(promql: Promql): QueryPanel {
  return {
    name: "postgres-transactions",
    title: "Transactions per minute",
    description:
      "Transactions of all databases that ended well, and that were rolled back. When rolled back ones rise with a release, look at its errors and for conflicts of locks.",
    kind: "timeseries",
    queries: [
      perMinuteOf(promql, "xact_commit", "committed"),
      perMinuteOf(promql, "xact_rollback", "rolled back"),
    ],
  };
}

function cacheHits(promql: Promql): QueryPanel {
  const blocks = (name: string) =>
    sumBy(["datname"], promql.rate(`pg_stat_database_${name}`, RATE_INTERVAL, OF_A_DATABASE));
  return {
    name: "postgres-cache-hits",
    title: "Cache hit ratio of the server",
    description:
      "The share of blocks that were in shared_buffers, by database. When it falls below 0.95 for long, what is in use no longer fits: give the server memory, or look for a query that reads whole tables.",
    kind: "timeseries",
    queries: [
      {
        expression: ratioOf(blocks("blks_hit"), totalOf(blocks("blks_hit"), blocks("blks_read"))),
        legend: "{{datname}}",
      },
    ],
  };
}

function rows(promql: Promql): QueryPanel {
  return {
    name: "postgres-rows",
    title: "Rows per minute",
    description:
      "Rows of all databases that queries fetched, and that were inserted, updated and deleted. When fetched rows rise and the app's queries do not, an index is not used any more.",
    kind: "timeseries",
    queries: ["fetched", "inserted", "updated", "deleted"].map((name) =>
      perMinuteOf(promql, `tup_${name}`, name),
    ),
  };
}

function deadlocks(promql: Promql): QueryPanel {
  return {
    name: "postgres-deadlocks",
    title: "Deadlocks per minute",
    description:
      "Transactions that the server ended because two waited for each other. When it is not 0, let all code lock rows in the same order.",
    kind: "timeseries",
    queries: [perMinuteOf(promql, "deadlocks", "deadlocks")],
  };
}

function perMinuteOf(promql: Promql, name: string, legend: string): Query {
  const rate = promql.rate(`pg_stat_database_${name}`, RATE_INTERVAL);
  return { expression: perMinute(sumBy([], rate)), legend };
}

import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import type { Collector } from "@rumkit/server";
import pg from "pg";
import type { catalog } from "./catalog.ts";

type Row = Readonly<Record<string, unknown>>;

/** The third tier. Both databases read the same SQL, with `$1` for the first value. */
export interface Database {
  readonly query: (sql: string, values?: readonly (string | number)[]) => Promise<readonly Row[]>;
  readonly close: () => Promise<void>;
}

type Instruments = Pick<Collector<typeof catalog>, "instrumentPool" | "queryTimer" | "trackPool">;

const MAX_CONNECTIONS = 5;

/** A server that has just been started may still be creating its files. */
const ATTEMPTS = 20;

/** Opens a PostgreSQL by its URL. Rejects if it cannot be reached for ten seconds. */
export async function openPostgres(url: string, { instrumentPool }: Instruments): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, max: MAX_CONNECTIONS, connectionTimeoutMillis: 3_000 });
  // An idle connection that breaks is replaced by the next query. Without a listener it would end the process.
  pool.on("error", () => {});
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query("SELECT 1");
      break;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await wait(500);
    }
  }
  instrumentPool(pool, { name: "main" });
  return {
    query: async (sql, values = []) => (await pool.query<Row>(sql, [...values])).rows,
    close: () => pool.end(),
  };
}

/** Opens a SQLite in memory, which counts its queries in the same families. */
export function openEmbedded({ queryTimer, trackPool }: Instruments): Database {
  const sqlite = new DatabaseSync(":memory:");
  // One connection, which is busy only while this process can do nothing else.
  trackPool("main", () => ({ active: 0, idle: 1, waiting: 0 }));
  return {
    query: async (sql, values = []) =>
      queryTimer(sql, () => sqlite.prepare(sql.replaceAll(/\$(?=\d)/g, "?")).all(...values)),
    close: async () => sqlite.close(),
  };
}

import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Collector } from "@rumkit/server";
import pg from "pg";
import type { catalog } from "./catalog.ts";
import type { Order } from "./orders.ts";
import { type Product, products } from "./products.ts";
import { MAX_CACHED, MAX_ORDERS, type ShopDatabase } from "./shopDatabase.ts";

/** Connections of the pool: more than the payments that a small demo has at once. */
const MAX_CONNECTIONS = 5;

/** A server in a container may still be creating its files: asked once a second, for a minute. */
const ATTEMPTS = 60;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text UNIQUE, total integer, currency text, refunded boolean DEFAULT false
  );
  CREATE TABLE IF NOT EXISTS products (id text PRIMARY KEY, body jsonb)`;

export interface PostgresDatabase extends ShopDatabase {
  readonly close: () => Promise<void>;
}

interface PostgresOptions {
  /** `postgres://shop@postgres:5432/shop`, as in `DATABASE_URL`. */
  readonly url: string;
  /** A file with the password, as containers get secrets. Default: the password is in the URL, or none is needed. */
  readonly passwordFile?: string | undefined;
}

/**
 * The shop's database in a PostgreSQL, for the set-up with containers: its pool is instrumented. Rejects where the server
 * cannot be reached for a minute.
 */
export async function openPostgresDatabase(
  { url, passwordFile }: PostgresOptions,
  { instrumentCache, instrumentPool }: Pick<Collector<typeof catalog>, "instrumentCache" | "instrumentPool">,
): Promise<PostgresDatabase> {
  const address = new URL(url);
  if (passwordFile !== undefined) address.password = (await readFile(passwordFile, "utf8")).trim();
  const pool = new pg.Pool({ connectionString: address.href, max: MAX_CONNECTIONS });
  const cached = instrumentCache("products", new Map<string, Product>());
  // An idle connection that breaks is replaced by the next query. Without a listener it would end the process.
  pool.on("error", () => {});
  instrumentPool(pool, { name: "postgres" });
  await createTables(pool);
  return {
    addOrder: async ({ id, total, currency }) => {
      const { rows } = await pool.query<{ number: string }>(
        "INSERT INTO orders (id, total, currency) VALUES ($1, $2, $3) RETURNING number",
        [id, total, currency],
      );
      await pool.query("DELETE FROM orders WHERE number <= $1", [Number(rows[0]!.number) - MAX_ORDERS]);
    },
    refundOrder: async (id) => {
      const { rows } = await pool.query<Order>(
        "UPDATE orders SET refunded = true WHERE id = $1 AND NOT refunded RETURNING id, total, currency",
        [id],
      );
      return rows[0];
    },
    findProduct: async (id) => {
      const found = cached.get(id);
      // PostgreSQL refuses a NUL in text, and no product has one.
      if (found || id.includes("\0")) return found;
      const { rows } = await pool.query<{ body: Product }>("SELECT body FROM products WHERE id = $1", [id]);
      const product = rows[0]?.body;
      if (product && cached.size < MAX_CACHED) cached.set(id, product);
      return product;
    },
    close: () => pool.end(),
  };
}

async function createTables(pool: pg.Pool): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query(SCHEMA);
      break;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await wait(1_000);
    }
  }
  for (const product of products) {
    await pool.query("INSERT INTO products (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", [
      product.id,
      JSON.stringify(product),
    ]);
  }
}

import { DatabaseSync } from "node:sqlite";
import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";
import type { Order } from "./orders.ts";
import { type Product, products } from "./products.ts";

export interface ShopDatabase {
  readonly addOrder: (order: Order) => void | Promise<void>;
  /** Marks an order as paid back. The order; undefined where there is none, or it was paid back before. */
  readonly refundOrder: (id: string) => Order | undefined | Promise<Order | undefined>;
  readonly findProduct: (id: string) => Product | undefined | Promise<Product | undefined>;
}

/** Orders that are kept: a demo runs for half a day, in memory. */
export const MAX_ORDERS = 10_000;

/** Products are read by a key of the page's choice: whatever is asked for, no more than these are kept. */
export const MAX_CACHED = 100;

type Measures = Pick<Collector<typeof catalog>, "queryTimer" | "instrumentCache" | "trackPool">;

/** The shop's database, in memory and gone with the process: SQLite, its queries timed, its products cached. */
export function openShopDatabase({ queryTimer, instrumentCache, trackPool }: Measures): ShopDatabase {
  const database = new DatabaseSync(":memory:");
  const cached = instrumentCache("products", new Map<string, Product>());
  // One connection, and queries that end before another one can start: no request ever waits for it.
  trackPool("sqlite", () => ({ active: 0, idle: 1, waiting: 0 }));

  const run = (sql: string, ...values: (string | number)[]): Record<string, unknown>[] =>
    queryTimer(sql, () => database.prepare(sql).all(...values));

  run(
    "CREATE TABLE orders (number INTEGER PRIMARY KEY, id TEXT UNIQUE, total INTEGER, currency TEXT, refunded INTEGER DEFAULT 0)",
  );
  run("CREATE TABLE products (id TEXT PRIMARY KEY, body TEXT)");
  for (const product of products) {
    run("INSERT INTO products (id, body) VALUES (?, ?)", product.id, JSON.stringify(product));
  }

  const readProduct = (id: string): Product | undefined => {
    const [row] = run("SELECT body FROM products WHERE id = ?", id);
    return row ? (JSON.parse(String(row["body"])) as Product) : undefined;
  };

  return {
    addOrder: ({ id, total, currency }) => {
      run("INSERT INTO orders (id, total, currency) VALUES (?, ?, ?)", id, total, currency);
      run("DELETE FROM orders WHERE number <= (SELECT max(number) FROM orders) - ?", MAX_ORDERS);
    },
    refundOrder: (id) => {
      const [row] = run(
        "UPDATE orders SET refunded = 1 WHERE id = ? AND refunded = 0 RETURNING id, total, currency",
        id,
      );
      return row as Order | undefined;
    },
    findProduct: (id) => {
      const found = cached.get(id);
      if (found) return found;
      const product = readProduct(id);
      if (product && cached.size < MAX_CACHED) cached.set(id, product);
      return product;
    },
  };
}

import { randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";
import type { Database } from "./database.ts";
import type { Account, Purchase } from "./readBody.ts";

interface Order extends Purchase {
  readonly id: string;
}

interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** US dollars. */
  readonly price: number;
}

export interface Store {
  /** Returns the id of the new account; undefined if the name is taken. */
  readonly addUser: (account: Account) => Promise<string | undefined>;
  /** True if an account has this name and password. */
  readonly isUser: (username: string, password: string) => Promise<boolean>;
  readonly addOrder: (purchase: Purchase) => Promise<Order>;
  /** The latest 20. */
  readonly listOrders: () => Promise<readonly object[]>;
  readonly listProducts: () => Promise<readonly Product[]>;
  /** Sums over the orders that are kept. */
  readonly sumUp: () => Promise<{ users: number; orders: number; revenue: number }>;
  /** Rejects if the database does not answer. */
  readonly ping: () => Promise<void>;
}

/** Accounts and orders that are kept; the oldest make room. */
const MAX_ROWS = 10_000;

const TABLES = [
  "CREATE TABLE IF NOT EXISTS users (id text PRIMARY KEY, username text UNIQUE, email text, password text, created text)",
  "CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, payment_method text, product_category text, cents integer, created text)",
  "CREATE TABLE IF NOT EXISTS products (id text PRIMARY KEY, name text, category text, cents integer)",
];

const PRODUCTS = [
  ["123", "Headphones", "electronics", 2_999],
  ["124", "Keyboard", "electronics", 7_950],
  ["125", "A book about graphs", "books", 1_995],
] as const;

const ADD_USER =
  "INSERT INTO users (id, username, email, password, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id";

/** Creates tables, products and the account that may log in: `admin` with the password `password`. */
export async function openStore(
  { query }: Database,
  { instrumentCache }: Pick<Collector<typeof catalog>, "instrumentCache">,
): Promise<Store> {
  const cached = instrumentCache("products", new Map<string, readonly Product[]>());
  // Of two servers that start at once, the second fails to create what the first does, and then finds it.
  for (const sql of TABLES) await query(sql).catch(() => query(sql));
  for (const product of PRODUCTS)
    await query(
      "INSERT INTO products (id, name, category, cents) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      product,
    );
  const now = (): string => new Date().toISOString();
  const store: Store = {
    addUser: async ({ username, email, password }) => {
      const stored = password === undefined ? "" : await hash(password);
      const rows = await query(ADD_USER, [randomUUID(), username, email, stored, now()]);
      await forget("users", " AND username <> 'admin'");
      return rows[0] && String(rows[0]["id"]);
    },
    isUser: async (username, password) => {
      const rows = await query("SELECT password FROM users WHERE username = $1", [username]);
      const stored = rows[0]?.["password"];
      return isSame(password, typeof stored === "string" ? stored : "");
    },
    addOrder: async (purchase) => {
      const { paymentMethod, category, amount } = purchase;
      const id = randomUUID();
      await query(
        "INSERT INTO orders (id, payment_method, product_category, cents, created) VALUES ($1, $2, $3, $4, $5)",
        [id, paymentMethod, category, Math.round(amount * 100), now()],
      );
      await forget("orders");
      return { ...purchase, id };
    },
    listOrders: async () => {
      const rows = await query("SELECT * FROM orders ORDER BY created DESC LIMIT 20");
      return rows.map(({ cents, ...order }) => ({ ...order, amount: Number(cents) / 100 }));
    },
    listProducts: async () => {
      const found = cached.get("all");
      if (found) return found;
      const rows = await query("SELECT * FROM products ORDER BY id");
      const products = rows.map(({ id, name, category, cents }) => ({
        id: String(id),
        name: String(name),
        category: String(category),
        price: Number(cents) / 100,
      }));
      cached.set("all", products);
      return products;
    },
    sumUp: async () => {
      const [users] = await query("SELECT count(*) AS count FROM users");
      const [orders] = await query("SELECT count(*) AS count, coalesce(sum(cents), 0) AS cents FROM orders");
      return {
        users: Number(users?.["count"]),
        orders: Number(orders?.["count"]),
        revenue: Number(orders?.["cents"]) / 100,
      };
    },
    ping: async () => void (await query("SELECT 1")),
  };
  await store.addUser({ username: "admin", email: "admin@example.com", password: "password" });
  return store;

  async function forget(table: "users" | "orders", except = ""): Promise<void> {
    const oldest = `(SELECT created FROM ${table} ORDER BY created DESC LIMIT 1 OFFSET ${MAX_ROWS})`;
    await query(`DELETE FROM ${table} WHERE created <= ${oldest}${except}`);
  }
}

const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);

async function hash(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString("hex")}:${(await deriveKey(password, salt, 32)).toString("hex")}`;
}

/** An unknown name costs as much time as a wrong password: neither tells which of the two it was. */
async function isSame(password: string, stored: string): Promise<boolean> {
  const [salt = "", key = ""] = stored.split(":");
  const derived = await deriveKey(password, Buffer.from(salt, "hex"), 32);
  const expected = Buffer.from(key, "hex");
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

import { assert, constantFrom, array, property, string } from "fast-check";
import { expect, test } from "vitest";
import { describeQuery } from "./describeQuery.ts";

test.each([
  ["SELECT * FROM orders WHERE id = $1", "select", "orders"],
  ["select 'from secrets' as x, (select 1) from Orders", "select", "orders"],
  ['SELECT * FROM "public"."Order Lines"', "select", "other"],
  ['SELECT * FROM shop.public."Orders" o JOIN lines l ON true', "select", "Orders"],
  ["SELECT a FROM (SELECT b FROM inner_table) x", "select", "inner_table"],
  ["SELECT now()", "select", "none"],
  ["  -- who\n/* why */ (SELECT 1 FROM a) UNION (SELECT 2 FROM b)", "select", "a"],
  ["INSERT INTO orders (id) VALUES ('x')", "insert", "orders"],
  ["INSERT OR IGNORE INTO orders VALUES (1)", "insert", "orders"],
  ["UPDATE ONLY orders SET total = 1", "update", "orders"],
  ["DELETE FROM `orders` LIMIT 1", "delete", "orders"],
  ["MERGE INTO orders USING x ON true", "merge", "orders"],
  ["WITH recent AS (SELECT * FROM orders) SELECT * FROM recent", "select", "orders"],
  ["WITH a (x) AS MATERIALIZED (SELECT 1 FROM b), c AS (SELECT 2 FROM a) SELECT * FROM c", "select", "b"],
  [
    "WITH RECURSIVE tree AS (SELECT 1 FROM nodes UNION SELECT 2 FROM tree) SELECT * FROM tree",
    "select",
    "nodes",
  ],
  ["WITH RECURSIVE t AS (SELECT 1 UNION SELECT n + 1 FROM t) SELECT * FROM t", "select", "none"],
  ["WITH orders AS (SELECT 1) SELECT * FROM shop.orders", "select", "orders"],
  ["WITH x AS (SELECT 1 FROM a) UPDATE orders SET total = 1 FROM x", "update", "orders"],
  ["SELECT extract(epoch FROM created_at) AS t FROM orders", "select", "orders"],
  ["SELECT extract(epoch FROM created_at)", "select", "none"],
  ["SELECT id IS DISTINCT FROM total AS d, a IS NOT DISTINCT FROM b FROM orders", "select", "orders"],
  [
    "SELECT trim(both ' ' from name), substring(name from 1 for 3), overlay(a placing b from 2) FROM users",
    "select",
    "users",
  ],
  ["SELECT trim(both ' ' from 'x')", "select", "none"],
  ["SELECT (SELECT max(total) FROM lines) AS m FROM orders", "select", "orders"],
  ["SELECT EXISTS (SELECT 1 FROM users WHERE id = $1)", "select", "users"],
  ["SELECT count(*) FILTER (WHERE a IS DISTINCT FROM b) FROM orders", "select", "orders"],
  ["SELECT DISTINCT name FROM users", "select", "users"],
  ["SELECT $1::int, $tag$ FROM secret $tag$ FROM orders", "select", "orders"],
  ["SELECT /* FROM secret */ 1 -- FROM secret\n FROM orders", "select", "orders"],
  ["SELECT /* a /* b */ FROM secret */ 1 FROM orders", "select", "none"],
  ["SELECT 1 /* never closed FROM secret", "select", "none"],
  ['SELECT "from", t.from FROM mails t', "select", "mails"],
  ["SELECT * FROM generate_series(1, 10) AS x", "select", "none"],
  ["SELECT * FROM (VALUES (1), (2)) AS v (x)", "select", "none"],
  ["SELECT * FROM ((SELECT 1 FROM a) UNION (SELECT 2 FROM b)) x", "select", "a"],
  ["SELECT * FROM (orders JOIN lines ON true)", "select", "orders"],
  ["SELECT * FROM LATERAL (SELECT 1 FROM a) x", "select", "a"],
  ["SELECT 1; DELETE FROM users", "select", "none"],
  ["SELECT * FROM bestellübersicht", "select", "other"],
  ["COPY (SELECT * FROM orders) TO STDOUT", "copy", "orders"],
  ["UPDATE OR IGNORE orders SET a = 1", "update", "orders"],
  ["DELETE FROM orders USING carts WHERE true", "delete", "orders"],
  ["INSERT INTO log SELECT trim(x from y) FROM orders", "insert", "log"],
  ["WITH gone AS (DELETE FROM carts RETURNING *) INSERT INTO log SELECT * FROM gone", "insert", "log"],
  ["REPLACE INTO orders VALUES (1)", "replace", "orders"],
  ["SELECT 'a', \"b\" FROM `shop`.`orders`", "select", "orders"],
  // PostgreSQL ends this string at its second quote, MySQL at its third: either way a value stays out.
  ["SELECT 'C:\\' AS a, 'x FROM secret' FROM orders", "select", "none"],
  ['SELECT "a\\" FROM secret" FROM orders', "select", "none"],
  ["# FROM secret\nSELECT data #> '{a}' FROM orders", "select", "orders"],
  ["TRUNCATE TABLE carts", "truncate", "carts"],
  ["COPY orders FROM STDIN", "copy", "orders"],
  ["BEGIN", "begin", "none"],
  ["START TRANSACTION READ ONLY", "begin", "none"],
  ["commit;", "commit", "none"],
  ["CREATE TABLE orders (id text)", "create", "none"],
  ["[SELECT]", "other", "none"],
  ["", "other", "none"],
  ["hello world from users", "other", "none"],
  ["SELECT 'never closed from users", "select", "none"],
  ["SELECT $$ from users", "select", "none"],
  ['SELECT * FROM "never closed', "select", "none"],
  [`SELECT * FROM ${"a".repeat(64)}`, "select", "other"],
  [`SELECT ${"x,".repeat(3_000)} 1 FROM orders`, "select", "none"],
])("%s is %s of %s", (sql, operation, table) => {
  expect(describeQuery(sql)).toEqual({ operation, table });
});

test("whatever is sent, the labels are a verb and a plain name that stands outside of every value", () => {
  const pieces = constantFrom(
    ..."SELECT|FROM|INTO|UPDATE|WITH|AS|DELETE|INSERT|(|)|,|.|'|\"|`|$$|--|/*|*/|\n|[|]|;|orders|'secret'|$1".split(
      "|",
    ),
  );
  assert(
    property(array(pieces), string(), (words, noise) => {
      const sql = `${words.join(" ")}${noise}`;
      const { operation, table } = describeQuery(sql);
      expect(operation).toMatch(/^[a-z]{1,9}$/);
      expect(table).toMatch(/^[A-Za-z_][\w$]{0,62}$/);
      if (table !== "none" && table !== "other") expect(sql.toLowerCase()).toContain(table.toLowerCase());
    }),
    { numRuns: 2_000 },
  );
});

test("a value never becomes a label, wherever the text of a query is cut", () => {
  const sql = `INSERT INTO orders VALUES ('a FROM secret_one'); SELECT 'INTO secret_two' FROM carts -- FROM secret_three`;
  for (let end = 0; end <= sql.length; end += 1) {
    const { table } = describeQuery(sql.slice(0, end));
    expect(table).not.toContain("secret");
  }
});

test("hostile texts end: a search that goes back and forth would take hours", () => {
  for (const piece of ["(", "'", "/*", "$$", "select from ", "--", "[a", "with x as ("]) {
    describeQuery(piece.repeat(1_000_000 / piece.length));
  }
});

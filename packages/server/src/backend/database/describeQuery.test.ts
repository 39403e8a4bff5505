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
  ["WITH recent AS (SELECT * FROM orders) SELECT * FROM recent", "select", "recent"],
  ["WITH gone AS (DELETE FROM carts RETURNING *) INSERT INTO log SELECT * FROM gone", "insert", "log"],
  ["REPLACE INTO orders VALUES (1)", "replace", "orders"],
  ["SELECT \"a\\\" FROM secret\", 'b\\' FROM secret' FROM `shop`.`orders`", "select", "orders"],
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

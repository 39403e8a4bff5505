import { expect, test } from "vitest";
import { requireSqlite } from "./requireSqlite.ts";

test("the SQLite of the oldest supported Node.js is taken, and every newer one", () => {
  for (const sqlite of ["3.51.3", "3.51.10", "3.100.0", "4.0.0", process.versions["sqlite"]])
    expect(() => requireSqlite({ node: "22.23.0", sqlite })).not.toThrow();
});

test("an older one, or none, is refused in one line that names both versions and explains what to do", () => {
  const message = (versions: Parameters<typeof requireSqlite>[0]): string => {
    try {
      requireSqlite(versions);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(message({ node: "22.13.0", sqlite: "3.47.2" })).toBe(
    "[rumkit] The journal needs SQLite 3.51.3; Node.js 22.13.0 brings 3.47.2. Install Node.js 22.23 or newer.",
  );
  expect(message({ node: "20.20.2" })).toBe(
    "[rumkit] The journal needs SQLite 3.51.3; Node.js 20.20.2 brings none. Install Node.js 22.23 or newer.",
  );
});

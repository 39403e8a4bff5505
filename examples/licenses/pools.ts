import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Client } from "./catalog.ts";
import { type ToolName, toolNames, tools } from "./tools.ts";

/** A license that a user has. */
export interface Borrow {
  readonly id: string;
  readonly tool: ToolName;
  readonly user: string;
  readonly client: Client;
  /** True if the licenses of the contract were in use already: it costs the overage price. */
  readonly isOverage: boolean;
  /** Milliseconds since 1970. */
  readonly borrowedAt: number;
}

/** Why a pool lends no license: all are lent, or the contract allows no further overage. */
type PoolLimit = "pool_exhausted" | "max_overage";

export interface PoolStatus {
  readonly tool: ToolName;
  readonly title: string;
  readonly total: number;
  readonly commit: number;
  readonly maxOverage: number;
  readonly borrowed: number;
  /** Licenses that can be borrowed now. */
  readonly available: number;
  /** Licenses in use beyond `commit`. */
  readonly overage: number;
  /** True if no further overage is allowed. */
  readonly isAtMaxOverage: boolean;
}

export interface Pools {
  readonly borrow: (request: Pick<Borrow, "tool" | "user" | "client">) => Borrow | PoolLimit;
  /** Takes a license back. Undefined if it is not lent. */
  readonly takeBack: (id: string) => Borrow | undefined;
  readonly status: () => readonly PoolStatus[];
  /** The licenses that are lent, oldest first. */
  readonly lent: (of?: { readonly tool?: string; readonly user?: string }) => readonly Borrow[];
  /** Borrows and returns that a killed process did not count any more. */
  readonly uncounted: () => { readonly borrowed: readonly Borrow[]; readonly returned: readonly Borrow[] };
  /** Called when a borrow or a return is counted. */
  readonly counted: (id: string, what: "borrowed" | "returned") => void;
  readonly close: () => void;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS borrows (
  id TEXT PRIMARY KEY, tool TEXT NOT NULL, user TEXT NOT NULL, client TEXT NOT NULL, isOverage INTEGER NOT NULL,
  borrowedAt INTEGER NOT NULL, isCounted INTEGER NOT NULL DEFAULT 0, isReturned INTEGER NOT NULL DEFAULT 0)`;

/**
 * The licenses and who has them, in SQLite: each decision is one statement, so two requests never get the same license.
 *
 * @param path A file, so that licenses stay lent over a restart. Default in memory.
 */
export function openPools(path = ":memory:"): Pools {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const run = (sql: string, ...values: (string | number)[]): Borrow[] =>
    database
      .prepare(sql)
      .all(...values)
      .map(readBorrow);
  const borrowed = new Map(toolNames.map((tool) => [tool, 0]));
  const lent: Pools["lent"] = ({ tool = "", user = "" } = {}) =>
    run(
      "SELECT * FROM borrows WHERE isReturned = 0 AND (tool = ?1 OR ?1 = '') AND (user = ?2 OR ?2 = '') ORDER BY rowid",
      tool,
      user,
    );
  for (const { tool } of lent()) borrowed.set(tool, borrowed.get(tool)! + 1);

  return {
    borrow: ({ tool, user, client }) => {
      const { total, commit, maxOverage } = tools[tool];
      const inUse = borrowed.get(tool)!;
      if (inUse >= total) return "pool_exhausted";
      if (inUse >= commit + maxOverage) return "max_overage";
      const borrow = {
        id: randomUUID(),
        tool,
        user,
        client,
        isOverage: inUse >= commit,
        borrowedAt: Date.now(),
      };
      run(
        "INSERT INTO borrows (id, tool, user, client, isOverage, borrowedAt) VALUES (?, ?, ?, ?, ?, ?)",
        borrow.id,
        tool,
        user,
        client,
        Number(borrow.isOverage),
        borrow.borrowedAt,
      );
      borrowed.set(tool, inUse + 1);
      return borrow;
    },
    takeBack: (id) => {
      const [back] = run("UPDATE borrows SET isReturned = 1 WHERE id = ? AND isReturned = 0 RETURNING *", id);
      if (back) borrowed.set(back.tool, borrowed.get(back.tool)! - 1);
      return back;
    },
    status: () => toolNames.map((tool) => describePool(tool, borrowed.get(tool)!)),
    lent,
    uncounted: () => ({
      borrowed: run("SELECT * FROM borrows WHERE isCounted = 0"),
      returned: run("SELECT * FROM borrows WHERE isReturned = 1"),
    }),
    counted: (id, what) =>
      void run(
        what === "borrowed"
          ? "UPDATE borrows SET isCounted = 1 WHERE id = ?"
          : "DELETE FROM borrows WHERE id = ?",
        id,
      ),
    close: () => database.close(),
  };
}

function describePool(tool: ToolName, borrowed: number): PoolStatus {
  const { title, total, commit, maxOverage } = tools[tool];
  const lendable = Math.min(total, commit + maxOverage);
  const overage = Math.max(0, borrowed - commit);
  return {
    tool,
    title,
    total,
    commit,
    maxOverage,
    borrowed,
    available: lendable - borrowed,
    overage,
    isAtMaxOverage: borrowed >= commit && overage >= maxOverage,
  };
}

/** A borrow as SQLite has it. */
type Row = Omit<Borrow, "isOverage"> & { readonly isOverage: number };

function readBorrow(row: Record<string, unknown>): Borrow {
  const { id, tool, user, client, isOverage, borrowedAt } = row as unknown as Row;
  return { id, tool, user, client, isOverage: isOverage === 1, borrowedAt };
}

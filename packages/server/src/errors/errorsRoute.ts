import type { Handler } from "hono";
import type { ErrorReports } from "./errorReports.ts";

/** Groups in an answer. */
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/**
 * `GET /api/errors`: the groups of the errors that pages reported, as JSON. `order=frequent` sorts by count; the
 * default order is by last occurrence. `limit` is 1 to 500, by default 50.
 */
export function createErrorsRoute(errors: Pick<ErrorReports, "list">): Handler {
  return async function errorGroups(c) {
    const order = c.req.query("order") ?? "newest";
    const limit = Number(c.req.query("limit") ?? DEFAULT_LIMIT);
    if ((order !== "newest" && order !== "frequent") || !isLimit(limit)) {
      const message = `\`order\` is newest or frequent, \`limit\` 1 to ${MAX_LIMIT}.`;
      return c.json({ error: { code: "bad_query", message } }, 400);
    }
    c.header("cache-control", "no-store");
    return c.json(await errors.list(order, limit));
  };
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT;
}

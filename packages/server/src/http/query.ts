import type { Context } from "hono";

/**
 * Returns the parameters in the address of a request.
 *
 * Not by `c.req.query()` of Hono, which throws and catches an error for each name that is not encoded: an address of 16
 * kB takes it 40 to 80 ms.
 */
export function queryOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

import type { Context } from "hono";
import { CollectError } from "./collectError.ts";
import type { RequestOrigin } from "./originPolicy.ts";
import { requestHeader } from "./requestHeader.ts";

/** Decides whether a page may report, and returns the origin that CORS headers have to name. */
export type CheckOrigin = (request: RequestOrigin) => string | undefined;

/** The headers by which the policy decides. */
export function requestOrigin(c: Context): RequestOrigin {
  return {
    origin: requestHeader(c, "origin"),
    host: requestHeader(c, "host"),
    fetchSite: requestHeader(c, "sec-fetch-site"),
  };
}

/** The origin that may read an answer, undefined for one origin and for an origin that may not. */
export function readableBy(c: Context, checkOrigin: CheckOrigin): string | undefined {
  try {
    return checkOrigin(requestOrigin(c));
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return undefined;
  }
}

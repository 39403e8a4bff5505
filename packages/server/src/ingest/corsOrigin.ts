import { CollectError } from "./collectError.ts";
import type { CollectRequest, PlainAnswer } from "./collectRequest.ts";
import type { RequestOrigin } from "./originPolicy.ts";

/** Decides whether a page may report, and returns the origin that CORS headers have to name. */
export type CheckOrigin = (request: RequestOrigin) => string | undefined;

/** The headers by which the policy decides. */
export function requestOrigin(request: Pick<CollectRequest, "authority" | "header">): RequestOrigin {
  return {
    origin: request.header("origin"),
    host: request.authority,
    fetchSite: request.header("sec-fetch-site"),
  };
}

/** The origin that may read an answer, undefined for one origin and for an origin that may not. */
export function readableBy(
  request: Pick<CollectRequest, "authority" | "header">,
  checkOrigin: CheckOrigin,
): string | undefined {
  try {
    return checkOrigin(requestOrigin(request));
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return undefined;
  }
}

/** The answer to `OPTIONS`: our own page never asks, because its requests need no preflight; others may. */
export function preflightAnswer(
  request: Pick<CollectRequest, "authority" | "header">,
  checkOrigin: CheckOrigin,
): PlainAnswer {
  const named = readableBy(request, checkOrigin);
  return {
    status: 204,
    headers: {
      vary: "Origin",
      ...(named !== undefined && {
        "access-control-allow-origin": named,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type, content-encoding",
        "access-control-max-age": "86400",
      }),
    },
    body: "",
  };
}

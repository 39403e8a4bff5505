import type { Catalog, FunnelSteps } from "@rumkit/protocol";
import type { Handler } from "hono";
import { type CheckOrigin, preflightAnswer, readableBy, readHeaders } from "../http/corsOrigin.ts";
import { fromHono, toResponse } from "../http/honoRequest.ts";

/**
 * `GET /collect/funnels`: the part of the catalog by which a page decides funnels; without funnels, `{}`.
 *
 * Every request is answered, because browsers send no `Origin` from pages of the collector's own origin. Pages of
 * other origins can read the answer if they may report.
 */
export function createFunnelsRoute(
  { routes, funnels = {} }: Pick<Catalog, "routes" | "funnels">,
  checkOrigin: CheckOrigin,
): Handler {
  const steps: FunnelSteps = { routes, funnels };
  const body = JSON.stringify(steps);
  return function funnelSteps(c) {
    const request = fromHono(c);
    if (request.method === "OPTIONS")
      return toResponse(c, preflightAnswer(request, checkOrigin, { methods: "GET" }));
    return c.body(body, 200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
      vary: "Origin",
      ...readHeaders(readableBy(request, checkOrigin)),
    });
  };
}

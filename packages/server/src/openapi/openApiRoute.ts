import type { Handler } from "hono";
import { type BasePaths, DEFAULT_BASE_PATHS } from "../part/basePaths.ts";
import type { PartDefinition } from "../part/part.ts";

/** The document of all routes. */
export const openApiPart: PartDefinition = {
  start: ({ paths }) => ({
    routes: [{ method: "GET", under: "api", path: "/openapi.json", handler: createOpenApiRoute(paths) }],
  }),
};

/** `GET /api/rumkit/openapi.json`: rendered at the first request. */
function createOpenApiRoute(paths: BasePaths): Handler {
  let document: Promise<string> | undefined;
  return async function openApi(c) {
    document ??= renderOpenApi(paths);
    return c.body(await document, 200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
    });
  };
}

/**
 * Renders the OpenAPI 3.1 document of the collector's routes, as text.
 *
 * @param paths The base paths of its live page and its API. Default `/realtime` and `/api/rumkit`.
 *
 * The schemas are loaded on the first call: they need zod, which takes 14 MB, and most processes never render them.
 */
export async function renderOpenApi(paths: BasePaths = DEFAULT_BASE_PATHS): Promise<string> {
  const { renderDocument } = await import("./renderDocument.ts");
  return renderDocument(paths);
}

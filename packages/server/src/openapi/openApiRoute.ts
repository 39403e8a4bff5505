import type { Handler } from "hono";
import type { PartDefinition } from "../part/part.ts";

/** The document of all routes. */
export const openApiPart: PartDefinition = {
  start: () => ({ routes: [{ method: "GET", path: "/openapi.json", handler: createOpenApiRoute() }] }),
};

/** `GET /openapi.json`: rendered at the first request. */
function createOpenApiRoute(): Handler {
  let document: Promise<string> | undefined;
  return async function openApi(c) {
    document ??= renderOpenApi();
    return c.body(await document, 200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
    });
  };
}

/**
 * Renders the OpenAPI 3.1 document of the collector's routes, as text.
 *
 * The schemas are loaded on the first call: they need zod, which takes 14 MB, and most processes never render them.
 */
export async function renderOpenApi(): Promise<string> {
  const { renderDocument } = await import("./renderDocument.ts");
  return renderDocument();
}

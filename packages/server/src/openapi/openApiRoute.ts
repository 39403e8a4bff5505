import type { Handler } from "hono";
import { renderOpenApi } from "./renderOpenApi.ts";

/** `GET /openapi.json`: rendered when somebody asks for the first time. */
export function createOpenApiRoute(): Handler {
  let document: string | undefined;
  return function openApi(c) {
    document ??= renderOpenApi();
    return c.body(document, 200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
    });
  };
}

import type { Catalog } from "@rumkit/protocol";
import type { Handler } from "hono";

/**
 * `GET /api/catalog`: the draft of a catalog from the names that were seen, as JSON. 404 if the collector learns no
 * names.
 */
export function createDraftRoute(draft: (() => Catalog) | undefined): Handler {
  return function catalogDraft(c) {
    c.header("cache-control", "no-store");
    if (draft) return c.json(draft());
    const message = "This collector has a catalog, and learns no names.";
    return c.json({ error: { code: "no_draft", message } }, 404);
  };
}

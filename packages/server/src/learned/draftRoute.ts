import type { Catalog } from "@rumkit/protocol";
import type { Handler } from "hono";

/** `GET /api/catalog`: the draft of a catalog of what was seen, as JSON. 404 where the catalog learns no names. */
export function createDraftRoute(draft: (() => Catalog) | undefined): Handler {
  return function catalogDraft(c) {
    c.header("cache-control", "no-store");
    if (draft) return c.json(draft());
    const message = "This collector has a catalog, and learns no names.";
    return c.json({ error: { code: "no_draft", message } }, 404);
  };
}

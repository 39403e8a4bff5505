import type { Context, Handler } from "hono";
import { type BasePaths, relativePath } from "../part/basePaths.ts";
import type { PartDefinition } from "../part/part.ts";

/** Content types by the end of a file's name. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Allows only our own scripts and styles, no embedding of the page, and no markup from strings. */
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The live page itself. Its stream is a route of its feed. */
export const pagePart: PartDefinition = {
  start: ({ paths }) => {
    const { page, asset } = createPageRoutes(paths);
    return {
      routes: [
        { method: "GET", under: "live", path: "", handler: page },
        { method: "GET", under: "live", path: "/assets/:file", handler: asset },
      ],
    };
  },
};

/** The files of the live page: `GET /realtime` and `GET /realtime/assets/:file`. */
function createPageRoutes({ live }: BasePaths): { page: Handler; asset: Handler } {
  const send = async (c: Context, name: string, cacheControl: string): Promise<Response> => {
    // Loaded when the page is first opened: most processes never show it.
    const { pageFiles } = await import("./pageFiles.ts");
    const content = pageFiles.get(name);
    if (content === undefined) return c.text("The live page is not built.\n", 404);
    return c.body(
      name === "index.html" ? relativeTo(c.req.path.endsWith("/") ? `${live}/` : live, content) : content,
      200,
      {
        ...SECURITY_HEADERS,
        "content-type": CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
        "cache-control": cacheControl,
      },
    );
  };
  return {
    page: (c) => send(c, "index.html", "no-cache"),
    // The names contain a digest of the content, so a browser may keep them forever.
    asset: (c) => send(c, `assets/${c.req.param("file")}`, "public, max-age=31536000, immutable"),
  };
}

/**
 * Adapts the page's relative URLs to its path. The build writes them for `/realtime`, without a slash at its end. Some
 * frameworks redirect every request to a path with a slash, so a redirect back would loop.
 *
 * @param path The page's path in the collector, with the slash at its end that the request has.
 */
function relativeTo(path: string, page: string): string {
  // Only the last segment: a proxy may know the page by another path.
  const last = path.slice(path.lastIndexOf("/") + 1);
  return page
    .replaceAll('"realtime/assets/', `"${last === "" ? "" : `${last}/`}assets/`)
    .replace('content="./"', `content="${relativePath(path, "/")}"`);
}

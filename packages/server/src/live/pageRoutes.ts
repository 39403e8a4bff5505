import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { Context, Handler } from "hono";

/** Where the build of the live page lies, next to this module's folder in `src` and in `dist` alike. */
const PAGE_FOLDER = join(import.meta.dirname, "../../dist/page");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing but our own files runs, nothing is embedded, and a string cannot become markup. */
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The files of the live page, read once: `GET /realtime` and `GET /realtime/assets/:file`. */
export function createPageRoutes(): { page: Handler; asset: Handler } {
  const files = readPage();
  const send = (c: Context, name: string, cacheControl: string): Response => {
    const content = files.get(name);
    if (!content) return c.text("The live page is not built.\n", 404);
    return c.body(content, 200, {
      ...SECURITY_HEADERS,
      "content-type": CONTENT_TYPES[extname(name)] ?? "application/octet-stream",
      "cache-control": cacheControl,
    });
  };
  return {
    page: (c) => send(c, "index.html", "no-cache"),
    // The names carry a digest of the content, so a browser may keep them for ever.
    asset: (c) => send(c, `assets/${c.req.param("file")}`, "public, max-age=31536000, immutable"),
  };
}

function readPage(): Map<string, Uint8Array<ArrayBuffer>> {
  try {
    const names = readdirSync(PAGE_FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      names.map((path) => [path.slice(PAGE_FOLDER.length + 1), new Uint8Array(readFileSync(path))]),
    );
  } catch {
    return new Map();
  }
}

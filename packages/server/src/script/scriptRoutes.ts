import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Context, Handler } from "hono";
import type { PartDefinition } from "../part/part.ts";
import { scriptFile } from "./scriptFile.ts";

/**
 * Lets pages of every origin load the script, including isolated pages (CORP) and pages that use `integrity`, which
 * needs CORS.
 */
const HEADERS = {
  "content-type": "text/javascript; charset=utf-8",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "timing-allow-origin": "*",
  vary: "Accept-Encoding",
};

/**
 * Browsers use the script for five minutes without a check, and for a day while they check in the background, so an
 * update arrives within a day.
 */
const SHORT = "public, max-age=300, stale-while-revalidate=86400";
const FOR_EVER = "public, max-age=31536000, immutable";

type Coding = "br" | "gzip";

interface ScriptRoutes {
  /** `rum-<digest>.js`. */
  readonly pinnedName: string;
  /** `GET /rum.js`: always the current version. */
  readonly current: Handler;
  /** `GET /rum-<digest>.js`: only this version. */
  readonly pinned: Handler;
}

/**
 * Creates the routes of the page's client for pages without a bundler: `<script src="https://rum.example/rum.js"
 * defer>`.
 */
export function createScriptRoutes(text = scriptFile): ScriptRoutes {
  const pinnedName = scriptName(text);
  // A weak tag, because the same text exists in several encodings.
  const etag = `W/"${pinnedName.slice("rum-".length, -".js".length)}"`;
  const compressed: Partial<Record<Coding, Promise<Buffer>>> = {};
  /**
   * Compressed once, in a thread of zlib, because the highest level of brotli takes as long as hundreds of requests.
   */
  const compress = (coding: Coding): Promise<Buffer> =>
    (compressed[coding] ??= (coding === "br" ? promisify(brotliCompress) : promisify(gzip))(text));

  const send = async (c: Context, cacheControl: string): Promise<Response> => {
    if (text === "") return c.text("The script is not built.\n", 404);
    const headers = { ...HEADERS, "cache-control": cacheControl, etag };
    if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    const coding = codingFor(c.req.header("accept-encoding"));
    if (coding === undefined) return c.body(text, 200, headers);
    const bytes = await compress(coding);
    return c.body(new Uint8Array(bytes), 200, { ...headers, "content-encoding": coding });
  };
  return {
    pinnedName,
    current: (c) => send(c, SHORT),
    pinned: (c) => send(c, FOR_EVER),
  };
}

/** `GET /rum.js`, and the same file under a name that pins its version. */
export const scriptPart: PartDefinition = {
  start: () => {
    const { pinnedName, current, pinned } = createScriptRoutes();
    return {
      routes: [
        { method: "GET", path: "/rum.js", handler: current },
        { method: "GET", path: `/${pinnedName}`, handler: pinned },
      ],
    };
  },
};

/** Compares tags weakly, as RFC 9110 (13.1.2) requires. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag.slice("W/".length));
}

/** Returns brotli if a browser accepts it, else gzip; neither for `q=0`. */
function codingFor(acceptEncoding = ""): Coding | undefined {
  const accepted = acceptEncoding
    .toLowerCase()
    .split(",")
    .filter((entry) => !/;\s*q=0(?:\.0*)?\s*$/.test(entry))
    .map((entry) => entry.split(";", 1)[0]!.trim());
  return (["br", "gzip"] as const).find((coding) => accepted.includes(coding));
}

/** Hexadecimal digits of a digest in a name: 64 bits, enough for no two builds to have the same name. */
const NAME_DIGITS = 16;

/** Returns a name with a digest of the text: `rum-0123456789abcdef.js`. Browsers may cache such a file forever. */
export function scriptName(text: string): string {
  return `rum-${hash("sha384", text, "hex").slice(0, NAME_DIGITS)}.js`;
}

/** Returns the value of `integrity`, so that browsers run no other text (<https://www.w3.org/TR/SRI/>). */
export function scriptIntegrity(text: string): string {
  return `sha384-${hash("sha384", text, "base64")}`;
}

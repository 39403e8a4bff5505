import { DEFAULT_LINK_SECONDS, type LiveLink, MAX_LINK_SECONDS, MIN_LINK_SECONDS } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { type BasePaths, relativePath } from "../part/basePaths.ts";
import type { PartRoute } from "../part/part.ts";
import { bearerToken } from "./credentials.ts";
import type { LiveLinks } from "./liveLinks.ts";

/**
 * `POST /api/rumkit/share?seconds=86400`: makes a read-only link to the live page, 201. The live page uses the same route
 * below its own path, because an app's own catch-all for `/api/*` would hide the other.
 *
 * @param links Undefined while everyone may read the live page: then there is no need for a link, and the answer is 409.
 */
export function shareRoutes(links: LiveLinks | undefined, paths: BasePaths): PartRoute[] {
  return (["api", "live"] as const).map((under) => {
    const handler = createShareRoute(links, relativePath(`${paths[under]}/share`, paths.live));
    return { method: "POST", under, path: "/share", scope: "live", handler };
  });
}

/** @param page The path of the live page relative to the route, without a slash at its end. */
function createShareRoute(links: LiveLinks | undefined, page: string): Handler {
  return async function share(c) {
    c.header("cache-control", "no-store");
    const seconds = readSeconds(c.req.queries("seconds"));
    if (seconds === undefined) return refuse(c, 400, "bad_query", SECONDS);
    if (!links) return refuse(c, 409, "not_protected", OPEN);
    try {
      const made = await links.create(bearerToken(c.req.header("authorization")), seconds);
      if (!made) return refuse(c, 409, "not_protected", OPEN);
      const up = c.req.path.endsWith("/") ? "../" : "";
      const link: LiveLink = { url: `${up}${page}#token=${made.token}`, ...made };
      return c.json(link, 201);
    } catch (error) {
      process.emitWarning(`The key of read-only links cannot be kept: ${String(error)}`, {
        type: "RumkitWarning",
        code: "RUMKIT_LINK_KEY",
      });
      return refuse(
        c,
        500,
        "no_key",
        "The key of links cannot be kept. A warning of the process has the reason.",
      );
    }
  };
}

function readSeconds([text, ...more]: readonly string[] = []): number | undefined {
  if (text === undefined) return DEFAULT_LINK_SECONDS;
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return more.length === 0 && seconds >= MIN_LINK_SECONDS && seconds <= MAX_LINK_SECONDS
    ? seconds
    : undefined;
}

const SECONDS = `seconds is given once, a whole number from ${MIN_LINK_SECONDS} to ${MAX_LINK_SECONDS}: 30 days.`;

const OPEN = "Everyone who reaches this collector may read its live page: share its address.";

function refuse(c: Context, status: 400 | 409 | 500, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status);
}

import { DEFAULT_LINK_SECONDS, type LiveLink, MAX_LINK_SECONDS, MIN_LINK_SECONDS } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { isObject } from "../base/shape.ts";
import { CollectError } from "../http/collectError.ts";
import { fromHono } from "../http/honoRequest.ts";
import { parseJson } from "../http/parseJson.ts";
import { type BasePaths, relativePath } from "../part/basePaths.ts";
import type { PartRoute } from "../part/part.ts";
import { bearerToken } from "./credentials.ts";
import type { LiveLinks } from "./liveLinks.ts";
import { queryOf } from "../http/query.ts";

/**
 * `POST /api/rumkit/share?seconds=86400`: makes a read-only link to the live page, 201. The live page uses the same route
 * below its own path, because an app's own catch-all for `/api/*` would hide the other.
 *
 * @param links Undefined while everyone may read the live page: then there is no need for a link, and the answer is 409.
 */
export function shareRoutes(links: LiveLinks | undefined, paths: BasePaths): PartRoute[] {
  return (["api", "live"] as const).flatMap((under): PartRoute[] => {
    const share = createShareRoute(links, relativePath(`${paths[under]}/share`, paths.live));
    const route = { method: "POST", under, scope: "live" } as const;
    return [
      { ...route, path: "/share", handler: share },
      { ...route, path: "/share/end", handler: createEndRoute(links) },
    ];
  });
}

/** @param page The path of the live page relative to the route, without a slash at its end. */
function createShareRoute(links: LiveLinks | undefined, page: string): Handler {
  return async function share(c) {
    c.header("cache-control", "no-store");
    const seconds = readSeconds(queryOf(c).getAll("seconds"));
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

/** `POST …/share/end` with `{ "token": "rkl1.…" }`: ends a read-only link before its time, 204. */
function createEndRoute(links: LiveLinks | undefined): Handler {
  return async function endLink(c) {
    c.header("cache-control", "no-store");
    if (!links) return refuse(c, 409, "not_protected", OPEN);
    const token = await readToken(c);
    if (token instanceof Response) return token;
    const outcome = await links.end(token);
    if (outcome === "done") return c.body(null, 204);
    const [status, message] = NOT_ENDED[outcome];
    return refuse(c, status, outcome, message);
  };
}

const NOT_ENDED = {
  unknown: [404, "This link opens nothing: it was altered, its key is gone, or it has ended."],
  full: [
    409,
    "1,000 links are ended before their time. To end more, replace the token by which they were made.",
  ],
  not_kept: [503, "The journal could not keep it, so the link goes on. Try again."],
} as const;

/** Bytes of a body: a token in JSON has a hundred. */
const MAX_BODY_BYTES = 1_024;

async function readToken(c: Context): Promise<string | Response> {
  try {
    const body = parseJson(await fromHono(c).readBody(MAX_BODY_BYTES));
    const token = isObject(body) ? body["token"] : undefined;
    return typeof token === "string"
      ? token
      : refuse(c, 400, "bad_body", 'Send the token of the link: { "token": "rkl1.…" }.');
  } catch (error) {
    if (error instanceof CollectError) return refuse(c, error.status, error.code, error.message);
    throw error;
  }
}

function readSeconds([text, ...more]: readonly string[]): number | undefined {
  if (text === undefined) return DEFAULT_LINK_SECONDS;
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return more.length === 0 && seconds >= MIN_LINK_SECONDS && seconds <= MAX_LINK_SECONDS
    ? seconds
    : undefined;
}

const SECONDS = `seconds is given once, a whole number from ${MIN_LINK_SECONDS} to ${MAX_LINK_SECONDS}: 30 days.`;

const OPEN = "Everyone who reaches this collector may read its live page: share its address.";

function refuse(
  c: Context,
  status: 404 | 409 | 500 | 503 | CollectError["status"],
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status);
}

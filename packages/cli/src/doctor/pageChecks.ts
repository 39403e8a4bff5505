import { isLoopback } from "../serve/exposure.ts";
import { type Check, fail, ok, warn } from "./check.ts";
import { type Answer, type Probe, refusalOf, validate } from "./probe.ts";
import { findBlockingPattern } from "@rumkit/server/internal/serve";

/** An origin that no collector lists, because the name is reserved (RFC 2606). */
const STRANGER = "https://doctor.invalid";

/** Checks that pages get through: their origin, their key, blockers, proxies. */
export async function checkPages(probe: Probe): Promise<Check[]> {
  const [asPage, proxied, asStranger, forwarded] = await Promise.all([
    validate(probe),
    validate(probe, { "sec-fetch-site": "same-origin" }),
    validate(probe, { origin: STRANGER }),
    validate(probe, { origin: STRANGER, "x-forwarded-host": new URL(STRANGER).host }),
  ]);
  return [
    ...checkOrigin(probe, asPage, proxied),
    checkEnvironment(probe, asStranger),
    checkBlockers(probe),
    checkProxy(asPage, forwarded),
  ];
}

/** @param proxied The answer if a proxy of the page's own origin forwards the request, as browsers mark it. */
function checkOrigin(probe: Probe, answer: Answer, proxied: Answer): Check[] {
  const { root, origin, key } = probe;
  const refusal = refusalOf(answer);
  if (refusal?.code === "bad_key") {
    const advice =
      key === undefined
        ? "Pass it with --key, and give the page its url with ?key=…."
        : "Compare it with writeKeys.";
    return [fail("key", refusal.message, advice)];
  }
  if (refusal?.code === "origin_denied") return [explainDenied(probe, refusal.message, proxied)];
  if (answer.status !== 200) {
    const what = refusal ? `${refusal.code}: ${refusal.message}` : `${answer.status}`;
    return [
      fail(
        "origin",
        `POST ${root}/collect/validate answers ${what}`,
        "Is --url the address where the collector is mounted?",
      ),
    ];
  }
  const isCrossOrigin = new URL(root).origin !== origin;
  const readable = answer.headers.get("access-control-allow-origin");
  if (isCrossOrigin && readable !== origin)
    return [
      warn(
        "origin",
        `Pages of ${origin} may report, but cannot read the answer: Access-Control-Allow-Origin is ${readable ?? "missing"}.`,
        "A proxy in front removes or replaces CORS headers: leave them to the collector.",
      ),
    ];
  return [
    ok("origin", `Pages of ${origin} may report.`),
    key === undefined ? ok("key", "Pages need no write key.") : ok("key", "The write key opens /collect."),
  ];
}

function explainDenied({ root, origin, isOriginAssumed }: Probe, message: string, proxied: Answer): Check {
  // The request had one.
  if (message.includes("no Origin header"))
    return fail(
      "origin",
      "The header Origin does not reach the collector, so it cannot tell pages from other senders.",
      "A proxy in front removes it: let Origin pass, and the Access-Control headers of answers.",
    );
  if (isOriginAssumed)
    return warn(
      "origin",
      `Only pages of other origins may report: ${origin}, the collector's own, is not in allowedOrigins.`,
      "Name the origin of your pages, e.g. --origin http://localhost:5173.",
    );
  if (proxied.status === 200 && isLocal(origin))
    return warn(
      "origin",
      `Pages of ${origin} may report only through a proxy of their development server.`,
      `For requests to ${root} itself, add "${origin}" to allowedOrigins.`,
    );
  return fail(
    "origin",
    message,
    `If pages of ${origin} should report, add "${origin}" there. --origin names another one.`,
  );
}

/** Checks the environment: only a collector in development lets an unknown origin read the reason of a refusal. */
function checkEnvironment({ root }: Probe, asStranger: Answer): Check {
  const isDevelopment = asStranger.headers.get("access-control-allow-origin") === STRANGER;
  if (isDevelopment && !isLocal(root))
    return warn(
      "environment",
      "The collector runs in development: its answers explain every error to everyone.",
      'Set NODE_ENV=production, or environment: "production".',
    );
  return ok("environment", isDevelopment ? "Development, on this machine." : "Production.");
}

/** True for a URL on this machine. */
function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

function checkBlockers({ root }: Probe): Check {
  const path = `${new URL(root).pathname.replace(/\/$/, "")}/collect`;
  const pattern = findBlockingPattern(path);
  return pattern === undefined
    ? ok("blockers", `EasyPrivacy does not list the path ${path}.`)
    : warn(
        "blockers",
        `Users with a blocker are not counted: EasyPrivacy blocks ${path} on every site, by "${pattern}".`,
        "Mount the collector at a path that is not listed, such as /rum.",
      );
}

/** Headers by which proxies name themselves. */
const PROXY_HEADERS = [
  "via",
  "x-served-by",
  "x-cache",
  "cf-ray",
  "x-amz-cf-id",
  "x-envoy-upstream-service-time",
];

function checkProxy({ headers }: Answer, forwarded: Answer): Check {
  const named =
    PROXY_HEADERS.find((name) => headers.has(name)) ?? (headers.has("server") ? "server" : undefined);
  const isTrusted = forwarded.status === 200;
  if (named === undefined)
    return isTrusted
      ? warn(
          "proxy",
          "No proxy was found, but the collector trusts the X-Forwarded headers of this machine.",
          "List only the addresses of proxies in trustedProxies: any other sender could forge these headers.",
        )
      : ok("proxy", "No proxy was found, and forwarded headers are ignored.");
  const what = `There is a proxy in front (${named}: ${headers.get(named)})`;
  return isTrusted || refusalOf(forwarded)?.code === "bad_key"
    ? ok("proxy", `${what}, and the collector trusts its X-Forwarded headers.`)
    : warn(
        "proxy",
        `${what}, and the collector does not trust its X-Forwarded headers: all visitors share one rate limit.`,
        "Add the proxy's address to trustedProxies.",
      );
}

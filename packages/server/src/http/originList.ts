import { rememberMatches } from "../base/rememberMatches.ts";

/** An origin whose pages may report. */
export interface AllowedOrigin {
  /** As the browser wrote it: CORS headers repeat it. */
  readonly origin: string;
  /**
   * True for an origin that is listed without a wildcard. Its pages may send credentials, which a single sign-on in
   * front of the collector needs.
   */
  readonly isExact: boolean;
}

export interface OriginList {
  /** Returns undefined for an origin that no entry allows. */
  find(origin: string): AllowedOrigin | undefined;
  /** Returns true if pages of a host, with its port, may report over http or https. */
  hasHost(host: string): boolean;
}

/**
 * Schemes of browser extensions whose id is new in each installation, so it cannot be listed:
 * <https://developer.mozilla.org/en-US/docs/Mozilla/Add-ons/WebExtensions/manifest.json/web_accessible_resources>.
 */
const SCHEMES_OF_RANDOM_HOSTS = ["moz-extension", "safari-web-extension"];

/** Schemes that may precede `://`, and are never the origin of a page. */
const SCHEMES_OF_NO_PAGE = ["ws", "wss", "ftp", "blob", "data", "about", "javascript", "filesystem"];

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\\\s]*)\/?$/i;
const LABELS = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * Reads `allowedOrigins`. An entry is the origin of a web page (`https://shop.example`), every subdomain of a host
 * (`https://*.shop.example`, which does not include the host itself), an app's or an extension's
 * (`capacitor://localhost`, `chrome-extension://<id>`, `moz-extension://*`), or `null`, which browsers send for files
 * and sandboxed frames. Letter case, a default port and a slash at the end do not matter.
 *
 * Throws a TypeError for an entry that could match no page, or more pages than it names.
 */
export function createOriginList(entries: readonly string[]): OriginList {
  const exact = new Set<string>();
  const patterns: ((origin: string) => boolean)[] = [];
  for (const entry of entries) {
    const parsed = parseEntry(entry.trim());
    if (parsed === undefined) throw unknownEntry(entry);
    if (typeof parsed === "string") exact.add(parsed);
    else patterns.push(parsed);
  }
  const find = rememberMatches((origin: string): AllowedOrigin | null => {
    const plain = plainOrigin(origin);
    if (plain === undefined) return null;
    if (exact.has(plain)) return { origin, isExact: plain !== "null" };
    return patterns.some((matches) => matches(plain)) ? { origin, isExact: false } : null;
  });
  return {
    find: (origin) => find(origin) ?? undefined,
    hasHost: (host) => ["https", "http"].some((scheme) => find(`${scheme}://${host}`) !== null),
  };
}

/** Reads an entry: an origin, or a function that recognizes its origins; undefined for neither. */
function parseEntry(entry: string): string | ((origin: string) => boolean) | undefined {
  if (!entry.includes("*")) return plainOrigin(entry);
  const [, scheme = "", host = ""] = ORIGIN.exec(entry.toLowerCase()) ?? [];
  if (host === "*") {
    if (!SCHEMES_OF_RANDOM_HOSTS.includes(scheme)) return undefined;
    return (origin) => origin.startsWith(`${scheme}://`);
  }
  if ((scheme !== "https" && scheme !== "http") || !host.startsWith("*.")) return undefined;
  const parent = plainOrigin(`${scheme}://${host.slice(2)}`);
  if (parent === undefined || !canHaveSubdomains(parent)) return undefined;
  const [start, end] = [`${scheme}://`, `.${parent.slice(scheme.length + 3)}`];
  return (origin) =>
    origin.startsWith(start) &&
    origin.endsWith(end) &&
    LABELS.test(origin.slice(start.length, origin.length - end.length));
}

/** `*.com` would match pages of everyone, and an IP address has no subdomains. */
function canHaveSubdomains(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || (hostname.includes(".") && /[a-z]$/.test(hostname));
}

/** Returns an origin in its normal form, which equal origins share; undefined for text that is not an origin. */
function plainOrigin(text: string): string | undefined {
  if (text === "null") return text;
  const [, scheme = "", host = ""] = ORIGIN.exec(text) ?? [];
  if (scheme === "" || host.includes("*")) return undefined;
  const lower = scheme.toLowerCase();
  if (lower === "https" || lower === "http") return URL.parse(text)?.origin;
  if (SCHEMES_OF_NO_PAGE.includes(lower)) return undefined;
  return `${lower}://${host.toLowerCase()}`;
}

/** Returns the origin of an entry that lacks its scheme, or has a path; undefined if no origin can be guessed. */
function meantOrigin(entry: string): string | undefined {
  const [, scheme, host] =
    /^(?:(https?):\/\/)?([\w-]+(?:\.[\w.-]+|:\d+|$)(?::\d+)?)(?:[/?#].*)?$/i.exec(entry) ?? [];
  if (host === undefined) return undefined;
  return `${scheme ?? (/^(?:localhost|127\.)/.test(host) ? "http" : "https")}://${host}`.toLowerCase();
}

function unknownEntry(entry: string): TypeError {
  const meant = meantOrigin(entry);
  return new TypeError(
    `[rumkit] allowedOrigins has "${entry}". ${meant === undefined ? "" : `Did you mean ${meant}? `}` +
      "Write scheme, host and port: https://shop.example, " +
      "https://*.shop.example for every subdomain, capacitor://localhost for an app, null for files and sandboxed frames.",
  );
}

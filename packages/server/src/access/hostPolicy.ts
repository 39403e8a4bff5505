import { isIPv4, isIPv6 } from "node:net";

/**
 * Names of the machine itself, and names that containers use for their host (Docker, Podman). No page of another site
 * can be served from one of these: `localhost` and its subdomains never leave the machine (RFC 6761, section 6.3), and
 * `.internal` cannot be registered (ICANN, 29 July 2024).
 */
const OWN_NAMES = ["localhost", "host.docker.internal", "host.containers.internal"];
const OWN_ENDING = ".localhost";

/** `Host` (RFC 9110, section 7.2): a name, an IPv4 address or an IPv6 one in brackets; then an optional port. */
const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{0,5})?$/;

const NAME = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * Decides which values of `Host` may read a route without a secret.
 *
 * This prevents DNS rebinding. A site can let its name resolve to this machine; the browser then treats the collector
 * as the page's own origin and lets the page read every answer. But such requests carry the site's name in `Host`. IP
 * addresses are safe, because no name was resolved. Requests without the header are safe, because no browser sends
 * them.
 *
 * Throws a TypeError for an invalid name.
 */
export function createHostPolicy(names: readonly string[]): (host: string | undefined) => boolean {
  const listed = new Set([...OWN_NAMES, ...names.map(checkName)]);
  return (host) => {
    if (host === undefined) return true;
    const [, inner, outer = ""] = HOST.exec(host) ?? [];
    if (inner !== undefined) return isIPv6(inner);
    const name = plainName(outer);
    return listed.has(name) || name.endsWith(OWN_ENDING) || isIPv4(name);
  };
}

/** Names are case-insensitive, and may end in the dot of the root. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function checkName(name: string): string {
  const plain = plainName(name);
  if (NAME.test(plain)) return plain;
  throw new TypeError(
    `[rumkit] "${name}" is not a host name. Write it without scheme, port and path: rum.example.`,
  );
}

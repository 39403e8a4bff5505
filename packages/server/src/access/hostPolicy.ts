import { isIPv4, isIPv6 } from "node:net";

/**
 * Names that a machine has for itself, and that containers have for the machine that they run on (Docker, Podman). No
 * page of another site can be served from one of these: `localhost` and its subdomains never leave the machine (RFC
 * 6761, section 6.3), and `.internal` cannot be registered (ICANN, 29 July 2024).
 */
const OWN_NAMES = ["localhost", "host.docker.internal", "host.containers.internal"];
const OWN_ENDING = ".localhost";

/** `Host` (RFC 9110, section 7.2): a name, an IPv4 address or an IPv6 one in brackets; then an optional port. */
const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{0,5})?$/;

const NAME = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * Decides under which `Host` a route may be read that needs no secret.
 *
 * A page whose name suddenly resolves to this machine (DNS rebinding) may read every answer of this machine, since
 * the browser takes it for the page's origin; but its requests carry the page's name. Addresses are safe, because no
 * name was resolved to reach them. So is a request without the header, which no browser sends.
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

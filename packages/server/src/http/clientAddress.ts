import { BlockList, isIP, isIPv4 } from "node:net";
import { rememberMatches } from "../base/rememberMatches.ts";
import type { CollectRequest } from "./collectRequest.ts";

export interface ProxyOptions {
  /**
   * Addresses and networks (`10.0.0.0/8`, `fd00::/8`) of your proxies. A forwarded address is used only if the request
   * comes from one of them. Default none: the address of the connection is used.
   */
  readonly trustedProxies?: readonly string[];
  /**
   * The header that your proxies set. The other one can be written by any client and is not read. Default
   * `x-forwarded-for`.
   */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded";
}

/** Maximum hops that are read. Real chains are shorter; of a longer chain only the last hops are read. */
const MAX_HOPS = 20;

/**
 * Returns a function that finds the address from which a request came: read from the right, the first hop that is not
 * one of your proxies. It returns undefined if the runtime does not provide the connection's address. Throws a
 * TypeError at startup for an invalid network.
 */
export function createClientAddress({
  trustedProxies = [],
  forwardedHeader = "x-forwarded-for",
}: ProxyOptions): (request: Pick<CollectRequest, "address" | "header">) => string | undefined {
  const trusted = toBlockList(trustedProxies);
  const addressOf = rememberMatches((text) => normalize(text) ?? "");
  const isTrusted = (address: string): boolean => trusted.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  return ({ address, header }) => {
    const peer = addressOf(address ?? "");
    if (peer === "") return undefined;
    if (trustedProxies.length === 0 || !isTrusted(peer)) return peer;
    let client = peer;
    for (const hop of readHops(header(forwardedHeader), forwardedHeader)) {
      const normalized = normalize(hop);
      // "unknown", or a name. The hops before it cannot be trusted.
      if (normalized === undefined) return client;
      client = normalized;
      if (!isTrusted(client)) return client;
    }
    return client;
  };
}

/**
 * Returns a function that finds the host for which your proxy received a request: the last value of
 * `X-Forwarded-Host`, or `host` of the last element of `Forwarded`. It returns undefined if the request does not come
 * from a trusted proxy.
 */
export function createForwardedHost({
  trustedProxies = [],
  forwardedHeader = "x-forwarded-for",
}: ProxyOptions): (request: Pick<CollectRequest, "address" | "header">) => string | undefined {
  if (trustedProxies.length === 0) return () => undefined;
  const trusted = toBlockList(trustedProxies);
  return ({ address = "", header }) => {
    const peer = normalize(address);
    if (peer === undefined || !trusted.check(peer, isIPv4(peer) ? "ipv4" : "ipv6")) return undefined;
    const isForwarded = forwardedHeader === "forwarded";
    const last = (header(isForwarded ? forwardedHeader : "x-forwarded-host") ?? "").split(",").at(-1)!;
    const host = isForwarded ? forwardedPair(last, "host") : last.trim();
    return host === "" ? undefined : host;
  };
}

/** Returns the hops of a header, the last one first. */
function readHops(header: string | undefined, name: "x-forwarded-for" | "forwarded"): string[] {
  const hops = (header ?? "").slice(-2_048).split(",").slice(-MAX_HOPS).toReversed();
  return name === "x-forwarded-for" ? hops : hops.map((hop) => forwardedPair(hop, "for"));
}

/**
 * Returns the value of a name in `for=192.0.2.60;proto=http`, `For="[2001:db8::1]:4711"` (RFC 7239, section 4); an
 * empty string if the name is missing.
 */
function forwardedPair(hop: string, name: "for" | "host"): string {
  for (const pair of hop.split(";")) {
    const [key = "", value = ""] = pair.split("=", 2);
    if (key.trim().toLowerCase() === name) return value.trim().replaceAll('"', "");
  }
  return "";
}

/** Returns an address without port, brackets and zone; undefined if the text is not an address. */
function normalize(text: string): string | undefined {
  // Nearly every socket has a plain IPv4 address.
  if (isIPv4(text)) return text;
  const bare = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare)?.[1];
  const address = bracketed ?? (/^[\d.]+:\d{1,5}$/.test(bare) ? bare.slice(0, bare.indexOf(":")) : bare);
  const [unzoned = ""] = address.split("%", 1);
  // The form of IPv4 clients on a socket for both versions (`::ffff:192.0.2.1`).
  const mapped = unzoned.toLowerCase().startsWith("::ffff:") ? unzoned.slice(7) : unzoned;
  return isIP(mapped) ? mapped : isIP(unzoned) ? unzoned : undefined;
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/", 2);
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, /^\d{1,3}$/.test(bits) ? Number(bits) : NaN, family);
    } catch (cause) {
      throw new TypeError(
        `[rumkit] trustedProxies has "${network}". Write an address or a network: 10.0.0.0/8, fd00::/8.`,
        { cause },
      );
    }
  }
  return list;
}

/**
 * Returns a function that finds the sender that a rate limit counts a request for; undefined if its address is
 * unknown.
 */
export function createSenderOf(
  options: ProxyOptions,
): (request: Pick<CollectRequest, "address" | "header">) => string | undefined {
  const clientAddress = createClientAddress(options);
  const remembered = rememberMatches(senderOf);
  return (request) => {
    const address = clientAddress(request);
    return address === undefined ? undefined : remembered(address);
  };
}

/**
 * Returns the sender that a rate limit counts an address for: an IPv4 address, or the /64 of an IPv6 address. One
 * household or server gets a /64 and can choose addresses from it (RFC 6177).
 */
export function senderOf(address: string): string {
  if (isIPv4(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

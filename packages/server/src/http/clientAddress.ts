import { BlockList, isIP, isIPv4 } from "node:net";
import { rememberMatches } from "../base/rememberMatches.ts";
import type { CollectRequest } from "./collectRequest.ts";

export interface ProxyOptions {
  /**
   * Addresses and networks (`10.0.0.0/8`, `fd00::/8`) of your own proxies. Only through them is a forwarded
   * address believed. Default none: the address is that of the connection.
   */
  readonly trustedProxies?: readonly string[];
  /**
   * The header that your proxies set. The other one is a client's own word and is not read.
   * Default `x-forwarded-for`.
   */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded";
}

/** Hops that are looked at. A longer chain is nobody's set-up, and its last hops decide. */
const MAX_HOPS = 20;

/**
 * Tells the address that a request came from: read from the right, the first hop that is no proxy of yours.
 * Undefined where the runtime does not tell the connection's address. Throws a TypeError for a network that is
 * none, at the start.
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
      // "unknown", or a name: behind it nothing is known.
      if (normalized === undefined) return client;
      client = normalized;
      if (!isTrusted(client)) return client;
    }
    return client;
  };
}

/**
 * Tells the host that a proxy of yours was asked for: the last value of `X-Forwarded-Host`, or `host` of the last
 * element of `Forwarded`. Undefined where the request comes from no proxy that is trusted.
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

/** The hops of a header, the last one first. */
function readHops(header: string | undefined, name: "x-forwarded-for" | "forwarded"): string[] {
  const hops = (header ?? "").slice(-2_048).split(",").slice(-MAX_HOPS).toReversed();
  return name === "x-forwarded-for" ? hops : hops.map((hop) => forwardedPair(hop, "for"));
}

/** The value of a name in `for=192.0.2.60;proto=http`, `For="[2001:db8::1]:4711"` (RFC 7239, section 4); empty without. */
function forwardedPair(hop: string, name: "for" | "host"): string {
  for (const pair of hop.split(";")) {
    const [key = "", value = ""] = pair.split("=", 2);
    if (key.trim().toLowerCase() === name) return value.trim().replaceAll('"', "");
  }
  return "";
}

/** An address without port, brackets and zone; undefined for what is none. */
function normalize(text: string): string | undefined {
  // What nearly every socket says.
  if (isIPv4(text)) return text;
  const bare = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare)?.[1];
  const address = bracketed ?? (/^[\d.]+:\d{1,5}$/.test(bare) ? bare.slice(0, bare.indexOf(":")) : bare);
  const [unzoned = ""] = address.split("%", 1);
  // What an IPv4 client looks like on a socket for both.
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

/** Tells what a rate limit takes for the sender of a request; undefined where nobody knows its address. */
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
 * What a rate limit takes for one sender: an IPv4 address, or the /64 of an IPv6 address, which is what one
 * household or server gets and can choose from (RFC 6177).
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

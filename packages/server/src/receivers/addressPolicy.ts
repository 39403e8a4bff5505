import { BlockList, isIP, isIPv4 } from "node:net";
import { type Check, list, mustBe } from "../base/shape.ts";

/** Decides to which addresses a receiver may connect. */
export interface AddressPolicy {
  /** True for a public address, and for a private one that the options allow. False for a text that is not an address. */
  mayConnect(address: string): boolean;
  /** True for an address outside of the internet that the options allow: it may be reached without TLS. */
  isAllowedPrivate(address: string): boolean;
  /** True if any private address is allowed. */
  readonly allowsPrivate: boolean;
  /** The option that allows private addresses, for messages. */
  readonly option: string;
}

/** IANA IPv4 Special-Purpose Address Registry, with multicast (RFC 5771) and the relays of 6to4 (RFC 7526). */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/**
 * Parts of 2000::/3 that are not the internet (IANA IPv6 Special-Purpose Address Registry): Teredo and others,
 * documentation, 6to4, which contains an IPv4 address. All addresses outside of 2000::/3 are special: loopback, ULA,
 * link-local, multicast, IPv4-mapped, NAT64.
 */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const special = toBlockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const globalUnicast = toBlockList(["2000::/3"]);

/**
 * @param allowed Networks (`10.0.0.0/8`, `fd00::/8`) and addresses that are private and may be connected to. Invalid ones
 * allow nothing: `checkNetworks` reports them.
 * @param option The name of the option that has them.
 */
export function createAddressPolicy(
  allowed: readonly string[] = [],
  option = "alerts.allowPrivateAddresses",
): AddressPolicy {
  const permitted = toBlockList(allowed.filter(isNetwork));
  const isPrivate = (address: string): boolean =>
    isIPv4(address) ? has(special, address) : has(special, address) || !has(globalUnicast, address);
  return {
    mayConnect: (address) => isIP(address) !== 0 && (!isPrivate(address) || has(permitted, address)),
    isAllowedPrivate: (address) => isIP(address) !== 0 && isPrivate(address) && has(permitted, address),
    allowsPrivate: allowed.length > 0,
    option,
  };
}

/** Checks the option `allowPrivateAddresses`. */
export const checkNetworks: Check = list(
  (value, path, faults) => {
    if (!isNetwork(value)) faults.add(path, mustBe('an address or a network, e.g. "10.0.0.0/8"', value));
  },
  { example: '["10.0.0.0/8"]' },
);

export function isNetwork(text: unknown): text is string {
  try {
    toBlockList([text as string]);
    return true;
  } catch {
    return false;
  }
}

function has(networks: BlockList, address: string): boolean {
  return networks.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** Throws for a text that is not an address or a network. */
function toBlockList(networks: readonly string[]): BlockList {
  const blocked = new BlockList();
  for (const network of networks) {
    const [address = "", bits, ...rest] = network.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (isIP(address) === 0 || rest.length > 0) throw new TypeError("not a network");
    if (bits === undefined) blocked.addAddress(address, family);
    else blocked.addSubnet(address, /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN, family);
  }
  return blocked;
}

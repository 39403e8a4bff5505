import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import type { AddressPolicy } from "./addressPolicy.ts";

/** Resolves a name to all of its addresses: `dns.lookup` with `all`. */
export type ResolveName = (
  hostname: string,
  options: LookupOptions & { all: true },
) => Promise<LookupAddress[]>;

/** The reason for not connecting to a name. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/**
 * Returns a `lookup` for sockets. The socket connects to the addresses that were checked here, so that a name cannot
 * resolve to another one in between (DNS rebinding). One forbidden address refuses the name: the order of the others
 * is the peer's choice.
 *
 * @param isEncrypted False for connections without TLS, which are for private addresses only.
 */
export function createSafeLookup(
  policy: AddressPolicy,
  isEncrypted: boolean,
  resolve: ResolveName = lookup,
): LookupFunction {
  const isGood = isEncrypted ? policy.mayConnect : policy.isAllowedPrivate;
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }).then(
      (addresses) => {
        if (addresses.length === 0 || !addresses.every(({ address }) => isGood(address)))
          return callback(new AddressRefused(refusal(isEncrypted, policy.option)), "", 4);
        if (options.all === true) return callback(null, addresses);
        return callback(null, addresses[0]!.address, addresses[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 4),
    );
  };
}

function refusal(isEncrypted: boolean, option: string): string {
  return isEncrypted
    ? `its name resolves to an address of a private network, which ${option} does not have`
    : `its name resolves to an address that ${option} does not have, and others need https://`;
}

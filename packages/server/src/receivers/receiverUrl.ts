import { isIP } from "node:net";
import type { AddressPolicy } from "./addressPolicy.ts";

/** Maximum characters of a URL of a receiver: more than those of any service, fewer than a body that was pasted. */
const MAX_URL = 4_000;

/** The authority of a URL as it is written. A parser changes it: `0x7f.1` becomes `127.0.0.1`. */
const WRITTEN =
  /^(https?|smtps?):\/\/(?:([^/?#@\\]*)@)?(\[[^\]]*\]|[^/?#@\\:[\]]+)(?::(\d{1,5}))?(?=[/?#]|$)/i;

/**
 * Returns the fault of a URL that a receiver must not connect to, as a sentence that does not repeat it; undefined if it
 * may. Names are resolved later, by the connection itself.
 */
export function urlFault(text: string, policy: AddressPolicy): string | undefined {
  if (text.length > MAX_URL) return `is longer than ${MAX_URL} characters.`;
  // A parser removes them silently, so that a check of the text would see another host.
  if (/[\s\p{Cc}\\]/u.test(text)) return "has a blank, a control character or a backslash.";
  const [, scheme, credentials, written] = WRITTEN.exec(text) ?? [];
  if (scheme === undefined || !/^https?$/i.test(scheme) || !URL.canParse(text))
    return "must be an absolute URL that begins with https://.";
  if (credentials !== undefined) return "must not contain a user or a password.";
  const { hostname, protocol } = new URL(text);
  return hostFault(hostname, written!, policy) ?? schemeFault(hostname, protocol, policy);
}

/** Returns the fault of a host, of a URL of any scheme. `written` is the host before it was parsed. */
export function hostFault(hostname: string, written: string, policy: AddressPolicy): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) {
    const isLocal = /(?:^|\.)localhost\.?$/i.test(hostname);
    return isLocal && !policy.mayConnect("127.0.0.1") && !policy.mayConnect("::1")
      ? `names this machine. Add 127.0.0.1 to ${policy.option} if it may.`
      : undefined;
  }
  // 2130706433, 0x7f.1, 127.1 and full-width digits are 127.0.0.1 to a parser, and a name to a reader.
  if (isIP(address) === 4 && written !== hostname)
    return "has an IP address in an unusual form. Write it as four decimal numbers.";
  if (policy.mayConnect(address)) return undefined;
  return `has an address of a private network. Add its network to ${policy.option} if it may.`;
}

function schemeFault(hostname: string, protocol: string, policy: AddressPolicy): string | undefined {
  if (protocol === "https:") return undefined;
  const address = hostname.replace(/^\[|\]$/g, "");
  // The address of a name is known when it connects: `safeLookup` refuses a public one then.
  const mayBePrivate = isIP(address) === 0 ? policy.allowsPrivate : policy.isAllowedPrivate(address);
  return mayBePrivate
    ? undefined
    : `begins with http://. Use https://: only addresses in ${policy.option} may be reached without TLS.`;
}

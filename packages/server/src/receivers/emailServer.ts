import { connect, isIP, type Socket } from "node:net";
import { type AddressPolicy, createAddressPolicy } from "./addressPolicy.ts";
import type { ReceiverContext } from "./receiverContext.ts";
import { hostFault } from "./receiverUrl.ts";
import { AddressRefused, createSafeLookup } from "./safeLookup.ts";

/** The server of an option such as `smtps://user:password@smtp.example:465`. */
export interface EmailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; else STARTTLS. */
  readonly isSecure: boolean;
  readonly user: string;
  readonly password: string;
}

/** Submission over TLS (RFC 8314, section 7.3), and with STARTTLS (RFC 6409, section 3.1). */
const PORTS = { "smtps:": 465, "smtp:": 587 };

/** Returns the fault of a server's address as the rest of a sentence, which does not repeat it. */
export function emailServerFault(text: string, policy: AddressPolicy): string | undefined {
  const form = "must be like smtps://user:password@smtp.example:465.";
  if (/[\s\p{Cc}\\]/u.test(text)) return "has a blank, a control character or a backslash. Write it as %20.";
  const [, written] =
    /^smtps?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#@:[\]]+)(?::\d{1,5})?\/?$/i.exec(text) ?? [];
  if (written === undefined || !URL.canParse(text)) return form;
  const { username, password } = new URL(text);
  if (decode(username) === undefined || decode(password) === undefined) return form;
  // Parsers leave the host of a scheme that they do not know as it is.
  const host = URL.canParse(`https://${written}/`) ? new URL(`https://${written}/`).hostname : "";
  return host === "" ? form : hostFault(host, written, policy);
}

/** Reads an address that was checked. */
export function readEmailServer(text: string): EmailServer {
  const { protocol, hostname, port, username, password } = new URL(text);
  const isSecure = protocol === "smtps:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? PORTS[isSecure ? "smtps:" : "smtp:"] : Number(port),
    isSecure,
    user: decode(username) ?? "",
    password: decode(password) ?? "",
  };
}

/** A socket to a mail server, and the encryption that it needs. */
export interface EmailSocket {
  readonly connection: Socket;
  /** True if STARTTLS must succeed: outside of private networks. */
  readonly requireTLS: boolean;
  /** True on loopback, whose servers seldom have a certificate. */
  readonly ignoreTLS: boolean;
}

/** Connects to an address that the options allow. */
export function connectEmail(
  { host, port, isSecure }: EmailServer,
  { allowPrivateAddresses, resolve }: ReceiverContext,
  signal: AbortSignal,
): Promise<EmailSocket> {
  const policy = createAddressPolicy(allowPrivateAddresses);
  return new Promise((done, reject) => {
    if (isIP(host) !== 0 && !policy.mayConnect(host))
      return reject(new AddressRefused("its address is not allowed"));
    const connection = connect({ host, port, lookup: createSafeLookup(policy, true, resolve) });
    const onAbort = (): void => void connection.destroy(new Error("It did not answer in time."));
    signal.addEventListener("abort", onAbort, { once: true });
    connection.on("error", reject);
    connection.once("connect", () => {
      const address = connection.remoteAddress ?? "";
      const isPrivate = policy.isAllowedPrivate(address);
      const isLoopback = address === "::1" || address.startsWith("127.");
      connection.off("error", reject);
      done({ connection, requireTLS: !isSecure && !isPrivate, ignoreTLS: !isSecure && isLoopback });
    });
    if (signal.aborted) onAbort();
    return undefined;
  });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

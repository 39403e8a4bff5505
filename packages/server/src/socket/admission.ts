import type { Access } from "../access/access.ts";
import { bearerToken } from "../access/credentials.ts";
import { linkDenial } from "../access/guard.ts";
import { isLink, type LiveLinks } from "../access/liveLinks.ts";
import { CollectError } from "../http/collectError.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { createOriginPolicy, type RequestOrigin } from "../http/originPolicy.ts";
import type { RecordSample } from "../metrics/sample.ts";

/** A handshake that is refused. */
export interface Refusal {
  /** The status with its reason phrase. */
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A handshake that may have its WebSocket. */
interface Admitted {
  /** The end of the link that opened it: Unix milliseconds. Undefined without a link. */
  readonly until: number | undefined;
}

/** Decides on a handshake. */
export type Admission = (request: CollectRequest) => Promise<Refusal | Admitted>;

export interface AdmissionOptions {
  readonly access: Access | undefined;
  /** Read-only links, which open the stream, too. */
  readonly links: LiveLinks | undefined;
  /** Origins whose pages may read the stream with a token. */
  readonly allowedOrigins: readonly string[];
  readonly originOf: (request: CollectRequest) => RequestOrigin;
  /** In development, pages of this machine may read a collector of this machine. */
  readonly verbose: boolean;
  readonly isStopping: () => boolean;
  readonly record: RecordSample;
}

/**
 * Browsers send a WebSocket's handshake to any site without asking it (there is no CORS), so the collector itself looks
 * at the origin: before the token, and before the upgrade. A request without `Origin` does not come from a page.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { access, links, record, isStopping } = options;
  const checkOrigin = createCheck(options);
  const judge = async (request: CollectRequest, secret: string | undefined): Promise<Refusal | Admitted> => {
    const verdict = access?.checkToken("live", secret, request.authority) ?? "opens";
    if (verdict === "opens") return { until: undefined };
    if (!links || !isLink(secret)) return denials[verdict];
    const ofLink = await links.verify(secret);
    return ofLink.kind === "opens"
      ? { until: ofLink.endsAt }
      : { ...linkDenial(ofLink), status: "401 Unauthorized", headers: CHALLENGE };
  };
  return async (request) => {
    if (isStopping()) return STOPPING;
    const secret = secretOf(request);
    const fault = checkOrigin(request, secret);
    if (fault !== undefined) return { status: "403 Forbidden", code: "origin_denied", message: fault };
    const judged = await judge(request, secret);
    if ("status" in judged)
      record({ metric: "rum_access_denied_total", labels: { scope: "live" }, value: 1 });
    return judged;
  };
}

/** Returns the fault of a request's origin. */
function createCheck({ access, allowedOrigins, originOf, verbose }: AdmissionOptions) {
  const isSame = passes(createOriginPolicy([], { own: "any" }));
  const isListed = passes(createOriginPolicy(allowedOrigins, { own: () => false }));
  return (request: CollectRequest, secret: string | undefined): string | undefined => {
    const origin = originOf(request);
    if (origin.origin === undefined || isSame(origin)) return undefined;
    if (verbose && isLoopback(hostOf(origin.origin)) && isLoopback(request.authority)) return undefined;
    // A listed page may report. To read what all pages have reported, it needs a secret as well.
    if (isListed(origin) && access?.hasScope("live", secret)) return undefined;
    return (
      "Pages of this origin may not read the stream. Serve the page from the collector's origin, " +
      "or add the origin to allowedOrigins and send a token of scope live."
    );
  };
}

function passes(policy: (origin: RequestOrigin) => unknown): (origin: RequestOrigin) => boolean {
  return (origin) => {
    try {
      policy({ ...origin, referer: undefined });
      return true;
    } catch (error) {
      if (error instanceof CollectError) return false;
      throw error;
    }
  };
}

function hostOf(origin: string): string | undefined {
  return /^https?:/i.test(origin) ? URL.parse(origin)?.host : undefined;
}

/** The names and addresses that a machine has for itself, with any port. */
function isLoopback(host: string | undefined): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i.test(host ?? "");
}

/**
 * Returns the secret of `Authorization: Bearer …`, or of the subprotocol `rumkit.bearer.<base64url>`: a page cannot set
 * headers of a WebSocket, and an address with a secret would be in the logs of every proxy.
 */
export function secretOf(request: CollectRequest): string | undefined {
  const protocols = (request.header("sec-websocket-protocol") ?? "").split(",");
  const [encoded] = protocols.flatMap(
    (protocol) => /^rumkit\.bearer\.([\w-]+)$/.exec(protocol.trim())?.[1] ?? [],
  );
  if (encoded !== undefined) return Buffer.from(encoded, "base64url").toString();
  return bearerToken(request.header("authorization"));
}

const STOPPING: Refusal = {
  status: "503 Service Unavailable",
  code: "draining",
  message: "The collector is stopping.",
};

const CHALLENGE = { "www-authenticate": 'Bearer realm="rumkit"' };

const denials = {
  bad_token: {
    status: "401 Unauthorized",
    code: "bad_token",
    message:
      'Send "Authorization: Bearer …" with a token of scope live, or the subprotocol rumkit.bearer.<base64url of the token>.',
    headers: CHALLENGE,
  },
  bad_scope: { status: "403 Forbidden", code: "bad_scope", message: "The token has no scope live." },
  bad_host: {
    status: "403 Forbidden",
    code: "bad_host",
    message:
      "The Host of the request is not a name of this collector. Add it to allowedHosts (in an app: access.hosts), or send a token.",
  },
} as const satisfies Record<string, Refusal>;

import type { ServerOptions } from "node:http";

/**
 * Limits of a server that faces pages. A head comes within 5 s and is at most 16 KiB, a whole request takes at
 * most 8 s (a body has 7 s of its own, with an answer), checked every second: so a sender that dawdles is gone
 * well within 10 s. A connection that is kept may rest for 65 s, longer than the 60 s after which common proxies
 * close theirs, so that they are never the ones to find it closed.
 */
export const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
} as const satisfies ServerOptions;

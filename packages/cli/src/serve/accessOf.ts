import type { EffectiveConfig } from "./settings.ts";
import type { AccessOptions, AccessToken } from "@rumkit/server";
import { OPENABLE, type Scope } from "@rumkit/server/internal/serve";

/**
 * Returns the access rules of a configuration. Without keys, tokens and `open`, everything is open under the names of
 * loopback and the allowed hosts. Such a configuration runs on loopback only (`exposureFaults`), but any site in a
 * browser on the same machine can send requests to it.
 */
export function accessOf(config: EffectiveConfig): AccessOptions {
  const { writeKeys, secretKeys, open, allowedHosts } = config;
  const tokens = tokensOf(config);
  const isSilent = writeKeys.length + secretKeys.length + tokens.length + open.length === 0;
  const hosts = isSilent || allowedHosts.length > 0 ? allowedHosts : undefined;
  return { writeKeys, secretKeys, tokens, open: isSilent ? OPENABLE : open, hosts };
}

/** Returns the tokens of the list, and the tokens with a separate setting. */
export function tokensOf({ tokens, metricsToken, liveToken, adminToken }: EffectiveConfig): AccessToken[] {
  const single = (name: string, scope: Scope, secret: string | undefined): AccessToken[] =>
    secret === undefined ? [] : [{ name, secret, scopes: [scope] }];
  return [
    ...tokens,
    ...single("metricsToken", "metrics", metricsToken),
    ...single("liveToken", "live", liveToken),
    ...single("adminToken", "admin", adminToken),
  ];
}

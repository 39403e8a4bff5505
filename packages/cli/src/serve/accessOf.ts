import type { EffectiveConfig } from "./configSchema.ts";
import type { AccessOptions, AccessToken } from "@rumkit/server";
import { OPENABLE, type Scope } from "@rumkit/server/internal/serve";

/**
 * Who may do what, by a configuration. Where it has no key, no token and no word about it, everything is open,
 * by the names of loopback and those that are allowed: such a configuration runs on loopback only
 * (`exposureFaults`), where every page of every site in a browser of the same machine can come by.
 */
export function accessOf(config: EffectiveConfig): AccessOptions {
  const { writeKeys, secretKeys, open, allowedHosts } = config;
  const tokens = tokensOf(config);
  const isSilent = writeKeys.length + secretKeys.length + tokens.length + open.length === 0;
  const hosts = isSilent || allowedHosts.length > 0 ? allowedHosts : undefined;
  return { writeKeys, secretKeys, tokens, open: isSilent ? OPENABLE : open, hosts };
}

/** The tokens of the list, and those that have a setting of their own. */
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

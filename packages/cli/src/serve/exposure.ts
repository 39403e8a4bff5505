import { isIPv4 } from "node:net";
import { tokensOf } from "./accessOf.ts";
import type { EffectiveConfig } from "./settings.ts";
import { type Scope, SCOPES } from "@rumkit/server/internal/serve";

/** True if only this machine can reach the address: 127.0.0.0/8, ::1 (RFC 1122, RFC 4291), a Unix socket. */
export function isLoopback(address: string): boolean {
  if (address.includes("/")) return true;
  const inner = address.replace(/^::ffff:/i, "");
  return inner === "::1" || (isIPv4(inner) && inner.startsWith("127."));
}

/** The scopes that a token of a scope opens. */
const OPENS: Readonly<Record<Scope, readonly Scope[]>> = {
  metrics: ["metrics"],
  live: ["live"],
  alerts: ["live", "alerts"],
  admin: SCOPES,
};

/**
 * Returns a sentence for each setting that is missing for a collector which other machines can reach; none for
 * loopback. Parts in `open` are open on purpose.
 */
export function exposureFaults(address: string, config: EffectiveConfig): string[] {
  if (isLoopback(address)) return [];
  const { allowedOrigins, writeKeys, open } = config;
  const tokens = tokensOf(config);
  const opens = (scope: "metrics" | "live"): boolean =>
    open.includes(scope) || tokens.some(({ scopes }) => scopes.some((one) => OPENS[one].includes(scope)));
  const hasOrigins = allowedOrigins.length > 0 || writeKeys.some(({ origins = [] }) => origins.length > 0);
  return [
    ...(hasOrigins
      ? []
      : ["Say whose pages may report: set allowedOrigins (RUMKIT_ALLOWED_ORIGINS) to their origins."]),
    ...(writeKeys.length > 0 || open.includes("collect")
      ? []
      : [
          'Add a write key to writeKeys (RUMKIT_WRITE_KEYS); "rumkit key" makes one. Or add "collect" to open.',
        ]),
    ...(opens("metrics")
      ? []
      : ['Set a token for /metrics (RUMKIT_METRICS_TOKEN), or add "metrics" to open.']),
    ...(open.includes("alerts")
      ? [
          'Take "alerts" out of open: anyone could silence alerts and approve actions. Give people tokens of scope alerts.',
        ]
      : []),
    ...(opens("live") ? [] : ['Set a token for the live page (RUMKIT_LIVE_TOKEN), or add "live" to open.']),
  ];
}

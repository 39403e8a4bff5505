import type { Alert } from "@rumkit/server";

/** An alert that fires. */
export function anAlert(more: Partial<Alert> = {}): Alert {
  const startsAt = more.startsAt ?? 1_800_000_000_000;
  const fingerprint = more.fingerprint ?? "0123456789abcdef";
  return {
    fingerprint,
    episode: `${fingerprint}-${startsAt}`,
    name: "ShopErrors",
    declaredAs: "errors",
    labels: { app: "shop", severity: "critical" },
    summary: "Errors.",
    description: "Errors above 1.",
    state: "firing",
    cause: "value",
    startsAt,
    endsAt: undefined,
    value: 2,
    threshold: 1,
    side: "above",
    unit: "1",
    release: "1.5.0",
    links: { live: undefined, board: undefined, runbook: undefined },
    ...more,
  };
}

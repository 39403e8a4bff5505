/** Alerts and notices as the collector makes them. */
import type { Alert, Notice } from "@rumkit/server/internal/testing";

/** 2026-11-27, 08:40:00 UTC. */
export const NOON = Date.UTC(2026, 10, 27, 8, 40);

export function alertWith(changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: "00f1a2b3c4d5e6f7",
    episode: `00f1a2b3c4d5e6f7-${NOON}`,
    name: "ShopCheckoutErrors",
    declaredAs: "checkout_errors",
    labels: { app: "shop", severity: "critical", team: "payments" },
    summary: "7.3 % of checkouts fail.",
    description: "More than 5 % of checkouts failed for 5 minutes.",
    state: "firing",
    cause: "value",
    startsAt: NOON,
    endsAt: undefined,
    value: 0.073,
    threshold: 0.05,
    side: "above",
    unit: "ratio",
    release: "1.4.2",
    links: {
      live: "https://shop.example/realtime?view=alerts&app=shop",
      board: "https://grafana.example/d/shop",
      runbook: "https://runbooks.example/checkout-errors",
    },
    ...changes,
  };
}

/** The first notice of an alert, or its resolve 12 minutes later. */
export function noticeWith(changes: Partial<Notice> = {}): Notice {
  const isResolved = changes.status === "resolved";
  const at = isResolved ? NOON + 720_000 : NOON;
  return {
    id: isResolved ? "notice-2" : "notice-1",
    episode: `00f1a2b3c4d5e6f7-${NOON}`,
    reason: isResolved ? "resolved" : "fired",
    status: "firing",
    at,
    groupLabels: { alertname: "ShopCheckoutErrors" },
    alerts: [isResolved ? alertWith({ state: "resolved", endsAt: at, value: 0.01 }) : alertWith()],
    leftOut: 0,
    ...changes,
  };
}

/** Alerts as a collector answers them, for tests of the page. */
import type {
  LiveAction,
  LiveAlert,
  LiveAlerts,
  LiveObjective,
  LiveReceiver,
  LiveSilence,
} from "@rumkit/protocol";

/** Noon of the collector. */
export const NOON = Date.UTC(2026, 10, 27, 12);

export const alertOf = (parts: Partial<LiveAlert> = {}): LiveAlert => ({
  fingerprint: "0123456789abcdef",
  episode: `0123456789abcdef-${NOON - 180_000}`,
  name: "ShopCheckoutErrors",
  labels: { app: "shop", severity: "critical", route: "/checkout" },
  severity: "critical",
  summary: "4.2 % of checkouts fail.",
  description: "Fires when more than 1 % of checkouts fail.",
  state: "firing",
  cause: "value",
  startsAt: NOON - 180_000,
  endsAt: null,
  value: 0.042,
  threshold: 0.01,
  side: "above",
  unit: "ratio",
  release: "1.4.0",
  figure: null,
  runbook: "https://wiki.example/checkout",
  board: null,
  mutedBy: [],
  acknowledged: null,
  notices: [],
  ...parts,
});

/** An objective that is missed. */
export const missedOf = (parts: Partial<LiveObjective> = {}): LiveObjective => ({
  objective: "reliable_api",
  title: "API errors",
  unit: "ratio",
  windowSeconds: 300,
  value: 0.042,
  target: 0.01,
  goodIf: "below",
  observations: 500,
  missed: { since: NOON - 240_000, release: "1.4.0", secondsAfterRelease: 40 },
  ...parts,
});

export const actionOf = (parts: Partial<LiveAction> = {}): LiveAction => ({
  id: "act-1",
  name: "rollback",
  episode: alertOf().episode,
  alert: "ShopCheckoutErrors",
  state: "awaiting_approval",
  requestedAt: NOON - 60_000,
  approvalsMissing: 1,
  approvedBy: [],
  helped: null,
  outcome: null,
  ...parts,
});

export const silenceOf = (parts: Partial<LiveSilence> = {}): LiveSilence => ({
  id: "s-1",
  matchers: ["alertname=ShopSlow"],
  by: "ann",
  why: "Planned migration.",
  startsAt: NOON - 60_000,
  endsAt: NOON + 3_600_000,
  ...parts,
});

export const receiverOf = (parts: Partial<LiveReceiver> = {}): LiveReceiver => ({
  name: "oncall",
  type: "pagerduty",
  state: "ok",
  waiting: 0,
  oldestWaitingSeconds: 0,
  deadLetters: 0,
  lastError: null,
  ...parts,
});

export const alertsOf = (parts: Partial<LiveAlerts> = {}): LiveAlerts => ({
  at: NOON,
  engine: "running",
  rules: 12,
  viewer: { name: "ops", mayAct: true },
  limits: [],
  alerts: [],
  history: [],
  silences: [],
  actions: [],
  receivers: [],
  ...parts,
});

/** The answer of `GET …/alerts`: what people and agents need to act. Times are milliseconds since 1970. */
export interface LiveAlerts {
  /** The collector's time. */
  readonly at: number;
  /** Pending, firing and recovering alerts; firing first, then by severity and age. */
  readonly alerts: readonly LiveAlert[];
  /** Episodes that ended, newest first, at most 100. */
  readonly history: readonly LiveAlert[];
  readonly silences: readonly LiveSilence[];
  readonly actions: readonly LiveAction[];
  readonly receivers: readonly LiveReceiver[];
}

export interface LiveAlert {
  readonly fingerprint: string;
  readonly episode: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: "critical" | "warning" | "info";
  readonly summary: string;
  readonly description: string;
  readonly state: "pending" | "firing" | "recovering" | "resolved";
  readonly cause: "value" | "no_data" | "error";
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly value: number | null;
  readonly threshold: number;
  readonly side: "above" | "below";
  readonly unit: string;
  readonly release: string | null;
  /** The figure of the live page that the alert compares, for its chart; null if the page has none. */
  readonly figure: string | null;
  readonly runbook: string | null;
  readonly board: string | null;
  /** The reasons for which its notices are held back: ids of silences, names of mute times, `inhibited`, `maintenance`, `flapping`. */
  readonly mutedBy: readonly string[];
  readonly acknowledged: { readonly by: string; readonly at: number; readonly why: string } | null;
  readonly notices: readonly LiveNotice[];
}

/** A notice of an episode, and how far it is. */
export interface LiveNotice {
  readonly receiver: string;
  readonly reason: string;
  readonly at: number;
  readonly state: "waiting" | "delivered" | "failed" | "unknown";
  readonly attempts: number;
  readonly error: string | null;
}

export interface LiveSilence {
  readonly id: string;
  /** `name=value`, `name!=value`, `name=~"a|b"`, as Alertmanager writes them. `alertname` is the name. */
  readonly matchers: readonly string[];
  readonly by: string;
  readonly why: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** An action that an alert asked for: a rollback, a feature flag. */
export interface LiveAction {
  readonly id: string;
  readonly name: string;
  readonly episode: string;
  readonly alert: string;
  readonly state: "awaiting_approval" | "running" | "done" | "failed" | "rejected" | "expired";
  readonly requestedAt: number;
  /** Approvals that are still needed. */
  readonly approvalsMissing: number;
  readonly approvedBy: readonly string[];
  /** True if the objective recovered after it; null until that is known. */
  readonly helped: boolean | null;
  readonly outcome: string | null;
}

export interface LiveReceiver {
  readonly name: string;
  readonly type: string;
  readonly state: "ok" | "failing" | "disabled";
  readonly waiting: number;
  /** Age of the oldest waiting notice, in seconds. */
  readonly oldestWaitingSeconds: number;
  readonly deadLetters: number;
  readonly lastError: string | null;
}

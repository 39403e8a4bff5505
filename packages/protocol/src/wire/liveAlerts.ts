/**
 * The answer of `GET …/alerts`: what people and agents need to act. Times are milliseconds since 1970.
 *
 * The routes of alerts, silences, actions and the audit log are below `apiPath`, and the same below `livePath`: the live
 * page requests only what is below `livePath`.
 */
export interface LiveAlerts {
  /** The collector's time. */
  readonly at: number;
  /** `off`: the collector evaluates no alerts, and the lists are empty. */
  readonly engine: "running" | "off";
  /** Number of alerts that are evaluated. */
  readonly rules: number;
  /** The rights of the sender of the request. */
  readonly viewer: LiveAlertViewer;
  /** The thresholds of all alerts that compare a figure of the live page, whether they fire or not. */
  readonly limits: readonly LiveAlertLimit[];
  /** Pending, firing and recovering alerts; firing first, then by severity and age. */
  readonly alerts: readonly LiveAlert[];
  /** Episodes that ended, newest first, at most 100. */
  readonly history: readonly LiveAlert[];
  readonly silences: readonly LiveSilence[];
  readonly actions: readonly LiveAction[];
  readonly receivers: readonly LiveReceiver[];
}

/** The sender of a request, as far as alerts concern them. */
export interface LiveAlertViewer {
  /** The name of their token; null without a token. */
  readonly name: string | null;
  /** True if they may acknowledge, silence, and approve actions. A read-only link only reads. */
  readonly mayAct: boolean;
}

/** A threshold to draw into the chart of a figure. */
export interface LiveAlertLimit {
  /** The name of the alert: `ShopCheckoutErrors`. */
  readonly alert: string;
  readonly severity: LiveAlert["severity"];
  /** The name of the figure. */
  readonly figure: string;
  /** In the unit of the figure. */
  readonly threshold: number;
  readonly side: LiveAlert["side"];
}

/**
 * The alerts in a live frame: it says that something changed, `GET …/alerts` says what. Part of the board, so a frame has
 * it only when it changed.
 */
export interface LiveAlertState {
  /** Firing and recovering alerts. */
  readonly firing: number;
  readonly pending: number;
  /** The highest severity of those that fire; null if none does. */
  readonly worst: LiveAlert["severity"] | null;
  /** Another number after each change of what `GET …/alerts` answers apart from `at`, values and ages. */
  readonly version: number;
}

/** The body of `POST …/silences`, which answers 201 with the `LiveSilence`. */
export interface SilenceRequest {
  /** As in `LiveSilence`. At least one, and together they must not match everything. */
  readonly matchers: readonly string[];
  /** The author. Default the name of the token; must be given without a token. */
  readonly by?: string | undefined;
  readonly why: string;
  readonly endsAt: number;
}

/**
 * The body of `POST …/alerts/<episode>/acknowledge`, `…/silences/<id>/end`, `…/actions/<id>/approve` and
 * `…/actions/<id>/reject`, which answer 204.
 */
export interface AlertDecision {
  /** The author. Default the name of the token; must be given without a token. */
  readonly by?: string | undefined;
  readonly why: string;
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

/** The answer of `GET …/alerts/<episode>/values`: what the rule of an alert compared in the last 15 minutes. */
export interface LiveAlertValues {
  /** The time of the newest values, in milliseconds since 1970. */
  readonly at: number;
  /** Seconds from one value of a line to the next. */
  readonly stepSeconds: number;
  /** The labels that each have a line for each of their values. Empty: one line. */
  readonly by: readonly string[];
  readonly threshold: number;
  readonly side: LiveAlert["side"];
  readonly unit: string;
  /** Groups that have a value now, whether they have a line or not. */
  readonly groups: number;
  /** At most 6: that of the alert first, then those whose condition holds, then the worst. */
  readonly lines: readonly LiveAlertLine[];
}

/** The values of one group of an alert's rule. */
export interface LiveAlertLine {
  /** Those of `by`. */
  readonly labels: Readonly<Record<string, string>>;
  /** True for the alert itself. */
  readonly isOwn: boolean;
  /** True if the condition holds now. */
  readonly holds: boolean;
  /** Oldest first; the last one belongs to `at`. Null: none was compared, or the collector did not keep it. */
  readonly values: readonly (number | null)[];
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

/** Milliseconds since 1970, by the system clock. */
export type Moment = number;

/**
 * `pending`: the condition holds, but not yet for as long as `for`. `firing`. `recovering`: fires on although its
 * condition has ended, for `keepFiringFor` or until the clear threshold is passed. `resolved`: it fired, and ended.
 */
export type AlertState = "pending" | "firing" | "recovering" | "resolved";

/** Why an alert is in its state: its value, no data to compare, or a failed evaluation. */
export type AlertCause = "value" | "no_data" | "error";

/** The shape of a kept alert: the fields without which it is of no use. */
export const ALERT_SHAPE = { fingerprint: "text", episode: "text", name: "text", labels: "object" } as const;

/** One alert for one set of label values, as people and receivers see it. Plain data: it can be kept as JSON. */
export interface Alert {
  /** The same for each episode of this alert: a digest of the name and labels. 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** One firing episode: `<fingerprint>-<startsAt>`. Every fire has exactly one resolve with the same episode. */
  readonly episode: string;
  /** The name as in the generated rules of Prometheus: `ShopCheckoutErrors`. */
  readonly name: string;
  /** The name in the catalog: `checkout_errors`. Undefined for alerts about the collector. */
  readonly declaredAs: string | undefined;
  /** All labels without `alertname`: `app`, `severity`, `team`, and those of the condition's `by`. */
  readonly labels: Readonly<Record<string, string>>;
  /** One line, with its values filled in. */
  readonly summary: string;
  /** The meaning of the alert, and when it fires. */
  readonly description: string;
  readonly state: AlertState;
  readonly cause: AlertCause;
  /** While pending: since the condition holds. Else: since it fires. */
  readonly startsAt: Moment;
  /** The end of the episode; undefined until it is resolved. */
  readonly endsAt: Moment | undefined;
  /** The last value compared; null without data. */
  readonly value: number | null;
  readonly threshold: number;
  /** The side of the threshold on which it fires. */
  readonly side: "above" | "below";
  /** The unit of value and threshold, as of a `MetricDescriptor`; `ratio` for a share. */
  readonly unit: string;
  /** The newest release that pages reported when it fired. */
  readonly release: string | undefined;
  readonly links: AlertLinks;
}

/** Absolute URLs, as far as the options name them. */
interface AlertLinks {
  /** The live page. */
  readonly live: string | undefined;
  /** The Grafana board that shows more. */
  readonly board: string | undefined;
  readonly runbook: string | undefined;
}

/** A change of an alert's state. `inactive`: it was pending, and ended without firing. */
export interface AlertChange {
  readonly kind: "pending" | "firing" | "resolved" | "inactive";
  readonly at: Moment;
  readonly alert: Alert;
}

/** Evaluates alerts. */
export interface AlertEngine {
  /** Pending, firing and recovering alerts, oldest first. */
  current(): readonly Alert[];
  /** Evaluates every rule at this moment. Returns the changes, in order. */
  evaluate(at: Moment): readonly AlertChange[];
}

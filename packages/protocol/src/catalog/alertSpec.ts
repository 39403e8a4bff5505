/** A time in one unit, as Prometheus writes it: `"30s"`, `"5m"`, `"2h"`, `"7d"`. */
export type AlertDuration = `${number}${"s" | "m" | "h" | "d"}`;

/** Label values to select. A list selects each of its values. */
export type AlertLabels = Readonly<Record<string, string | readonly string[]>>;

/** The side of a number on which the alert fires. */
type Limit =
  | { readonly above: number; readonly below?: never }
  | { readonly below: number; readonly above?: never };

interface Selection {
  /** Label values to select. Default: all series of the metric. */
  readonly labels?: AlertLabels;
  /** Labels to evaluate separately: the alert fires for each of their values. Default: the sum of all series. */
  readonly by?: readonly string[];
}

interface Compared {
  /**
   * Compares with the same window that much earlier: `"7d"` for last week. The limit then is a factor: `below: 0.5` is
   * half of last week. Default: the limit is the value itself.
   */
  readonly comparedTo?: AlertDuration;
}

interface Windowed {
  /** The window. Default `"5m"`. */
  readonly over?: AlertDuration;
}

/** Events of a counter per second; observations per second of a histogram. */
export type RateCondition = Selection &
  Compared &
  Windowed &
  Limit & {
    readonly rate: string;
    /** Minimum events in the window; with `comparedTo`, in the earlier one. Default 0; with `comparedTo` 50. */
    readonly atLeast?: number;
  };

/** Events of a counter over the window; observations of a histogram. */
export type IncreaseCondition = Selection &
  Compared &
  Limit & {
    readonly increase: string;
    readonly over: AlertDuration;
    /** Minimum events in the earlier window. Only with `comparedTo`. Default 50. */
    readonly atLeast?: number;
  };

/** Events of one counter divided by those of another, 0–1 if the second includes the first. */
export type RatioCondition = Selection &
  Compared &
  Windowed &
  Limit & {
    readonly ratio: string;
    /** The counter to divide by. */
    readonly to: string;
    /** Label values to select of it. Default: all of its series. */
    readonly toLabels?: AlertLabels;
    /**
     * Minimum events to divide by. With `comparedTo`: minimum events that the earlier ratio lets expect. Default 50:
     * with fewer, a single event would change the ratio by more than two points.
     */
    readonly atLeast?: number;
  };

/** A quantile of a histogram, in its unit. The limit must be a bucket edge, because only there it is exact. */
export type QuantileCondition = Selection &
  Windowed &
  Limit & {
    /** Between 0 and 1: 0.95 is the 95th percentile. */
    readonly quantile: number;
    /** The histogram. */
    readonly of: string;
    /** Minimum observations. Default 50. */
    readonly atLeast?: number;
  };

/** The share of a histogram's observations that are at most a bucket edge, 0–1. */
export type ShareCondition = Selection &
  Windowed &
  Limit & {
    /** The histogram. */
    readonly share: string;
    /** The largest value that counts, in the histogram's unit: one of its bucket edges. */
    readonly within: number;
    /** Minimum observations. Default 50. */
    readonly atLeast?: number;
  };

/** The current value of a gauge. */
export type GaugeCondition = Selection & Limit & { readonly gauge: string };

/**
 * Nothing was counted in the whole window, or a gauge has no value. It is evaluated only if the collector was scraped
 * through the window, so that an outage of the collector is not taken for silence of users.
 */
export interface AbsentCondition {
  readonly absent: string;
  readonly labels?: AlertLabels;
  readonly over: AlertDuration;
  /** Fires only if the same window that much earlier had `atLeast` events. Default: fires always. */
  readonly comparedTo?: AlertDuration;
  /** Only with `comparedTo`. Default 10: with that many expected, none occurs by chance once in 20,000 windows. */
  readonly atLeast?: number;
}

/**
 * The money that slow pages cost in a day, estimated: what sessions with poor Web Vitals would have spent if they had
 * spent as much as good ones, minus what they did spend. Needs a conversion of the server with money and
 * `experience: true`.
 */
export interface SlowPagesCondition {
  /** The currency, ISO 4217. */
  readonly slowPagesCost: string;
  /** Money a day, in major units. */
  readonly above: number;
  /** The conversion. Default: the primary one. */
  readonly conversion?: string;
  /** Minimum conversions of good sessions, and minimum conversions to expect of poor ones. Default 20. */
  readonly atLeast?: number;
}

/** A condition over metrics. Plain data: it is generated as PromQL, and can be evaluated without Prometheus. */
export type AlertCondition =
  | RateCondition
  | IncreaseCondition
  | RatioCondition
  | QuantileCondition
  | ShareCondition
  | GaugeCondition
  | AbsentCondition
  | SlowPagesCondition;

/** An alert: a condition, and whom it concerns. */
export interface AlertSpec {
  readonly when: AlertCondition;
  /** The condition must hold for this time before the alert fires. Default `"0s"`. */
  readonly for?: AlertDuration;
  /** The alert fires this much longer than its condition holds, so that it does not flap. Default `"0s"`. */
  readonly keepFiringFor?: AlertDuration;
  /**
   * The threshold at which an alert that fires ends, between normal values and `above` or `below`: `above: 0.9` with `clear: 0.7`
   * fires above 0.9 and ends at 0.7 or less. In the unit of the limit. Default: the limit itself.
   */
  readonly clear?: number;
  /**
   * `"alert"`: the alert also fires, with the label `cause="no_data"`, while there is nothing to compare: a gauge without a
   * value, or a share of nothing. Default `"ok"`: it then does not fire.
   */
  readonly noData?: "ok" | "alert";
  /** Data must be missing for this time before the alert fires for that. Only with `noData: "alert"`. Default `"15m"`. */
  readonly noDataFor?: AlertDuration;
  /** `critical` wakes a person, `warning` is for office hours, `info` is context. Default `"warning"`. */
  readonly severity?: "critical" | "warning" | "info";
  /** The label `team`. Default none, or the one that `rumkit generate --team` names. */
  readonly team?: string;
  /**
   * One line. `{value}` is the value, `{name}` a label that the condition selects `by`. Default: a sentence about the
   * condition.
   */
  readonly summary?: string;
  /** The address of the instructions: an http or https URL. */
  readonly runbook?: string;
}

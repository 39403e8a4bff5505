import type { AlertDuration } from "@rumkit/protocol";
import type { Secret } from "../base/secret.ts";

/**
 * A matcher of a label, as Alertmanager writes it: `severity=critical`, `team!=web`, `route=~"/cart|/checkout"`, `!~`.
 * `alertname` is the alert's name. An expression consists of literals, `|` and `.*`, and matches the whole value.
 */
export type MatcherText = string;

/** The options about notices: who gets which, and when. */
export interface NoticeOptions {
  /** Tried in order: an alert goes to the first route that matches, and on to the next with `continue`. Default: all to all. */
  readonly routes?: readonly NoticeRoute[] | undefined;
  /** Alerts without notices while another one fires. Default none. */
  readonly inhibit?: readonly Inhibition[] | undefined;
  /** Times in which the routes that name them send nothing. Default none. */
  readonly muteTimes?: Readonly<Record<string, MuteTime>> | undefined;
  /** Planned work, in which notices are held back. Default none. */
  readonly maintenance?: readonly Maintenance[] | undefined;
  /** Max notices of one alert in an hour; then one notice says that more are left out. 1 to 1,000. Default 30. */
  readonly maxNoticesPerHour?: number | undefined;
  /** An alert that changes this often in a time flaps: people learn of it once, until it is calm. Default 6 changes in 10 minutes. */
  readonly flapping?: { readonly changes: number; readonly within: AlertDuration } | undefined;
  /** An address that is called at regular times, for a watcher outside that misses the call. Default none. */
  readonly heartbeat?: { readonly url: Secret; readonly every?: AlertDuration | undefined } | undefined;
}

export interface NoticeRoute {
  /** All must match. Default: every alert. */
  readonly match?: readonly MatcherText[] | undefined;
  /** Names of receivers. */
  readonly receivers: readonly string[];
  /** Labels whose values form a group: one notice is about one group. Default `["alertname"]`. */
  readonly groupBy?: readonly string[] | undefined;
  /** The time for which a new group waits for more alerts. Default `"0s"`. */
  readonly groupWait?: AlertDuration | undefined;
  /** The time between notices about changes of a group. Default `"30s"`. */
  readonly groupInterval?: AlertDuration | undefined;
  /** The time after which a notice is repeated while the group fires. Default `"4h"`. */
  readonly repeatInterval?: AlertDuration | undefined;
  /** Names of `muteTimes`. Default none. */
  readonly muteTimes?: readonly string[] | undefined;
  /** Tries the next routes, too. Default false. */
  readonly continue?: boolean | undefined;
}

/** While an alert of `source` fires, those of `target` have no notices, if the labels of `equal` have the same values. */
export interface Inhibition {
  readonly source: readonly MatcherText[];
  readonly target: readonly MatcherText[];
  /** Default none: any source inhibits. */
  readonly equal?: readonly string[] | undefined;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** A time of the day. A time that ends before it begins ends on the next day. */
export interface MuteTime {
  /** An IANA time zone: `Europe/Berlin`. */
  readonly zone: string;
  /** The days on which it begins. Default all. */
  readonly days?: readonly Weekday[] | undefined;
  /** `HH:MM`, from `00:00` to `23:59`. */
  readonly from: string;
  /** `HH:MM`, up to `24:00`. */
  readonly to: string;
}

interface Maintenance {
  /** ISO 8601 with zone: `2026-12-01T02:00:00Z`. */
  readonly from: string;
  readonly to: string;
  /** Default: every alert. */
  readonly match?: readonly MatcherText[] | undefined;
  readonly why: string;
}

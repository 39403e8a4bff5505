import type { Alert, Moment } from "../alerts/alert.ts";

/**
 * The reason for a notice. `fired`, `resolved`; `changed`: alerts joined or left a firing group; `repeat`: it still fires;
 * `flood`: it fires, and more notices of its rule in this hour are left out; `flapping`: it fires, and the next notice comes
 * when it is calm; `test`: a person tries a receiver.
 */
export type NoticeReason = "fired" | "resolved" | "changed" | "repeat" | "flood" | "flapping" | "test";

/** A message about a group of alerts. It is rendered when it happens, never when it is retried. */
export interface Notice {
  /** The idempotency key: the same over all attempts, different for each notice. Has no dot. */
  readonly id: string;
  /** The same from the first fire of a group to its resolve: a thread, a `dedup_key`. */
  readonly episode: string;
  readonly reason: NoticeReason;
  readonly status: "firing" | "resolved";
  readonly at: Moment;
  /** The labels that all alerts of the group share because of `groupBy`. */
  readonly groupLabels: Readonly<Record<string, string>>;
  /** Firing alerts first, then those that were resolved. At least one, at most 50. */
  readonly alerts: readonly Alert[];
  /** Number of alerts that are not in `alerts`. */
  readonly leftOut: number;
}

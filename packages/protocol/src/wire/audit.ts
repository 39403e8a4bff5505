/** The answer of `GET …/audit`: entries oldest first. */
export interface AuditEntries {
  readonly entries: readonly AuditEntry[];
}

/** One line of the audit log: who did what, when and why. Append-only. */
export interface AuditEntry {
  /** Ascending from 1. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A token's name, `collector` for what happened by itself, or the author that a request named. */
  readonly who: string;
  readonly what: AuditEvent;
  /** The subject: an alert's episode, a silence's id, an action's id, a receiver's name. */
  readonly about: string;
  /** The reason that a person gave. */
  readonly why?: string | undefined;
  /** Facts, such as the value and the threshold. At most 4,000 characters as JSON. */
  readonly facts?: Readonly<Record<string, AuditFact>> | undefined;
}

export type AuditFact = string | number | boolean | null;

export const AUDIT_EVENTS = [
  "rules_changed",
  "alert_pending",
  "alert_inactive",
  "alert_fired",
  "alert_resolved",
  "alert_acknowledged",
  "notice_queued",
  "notice_delivered",
  "notice_failed",
  "receiver_disabled",
  "silence_created",
  "silence_ended",
  "action_requested",
  "action_approved",
  "action_rejected",
  "action_run",
  "action_failed",
  "action_verified",
] as const;

export type AuditEvent = (typeof AUDIT_EVENTS)[number];

import type { AuditEvent } from "@rumkit/protocol";
import type { AlertChange, Moment } from "../alerts/alert.ts";
import type { AuditLog } from "../audit/audit.ts";

const EVENTS: Readonly<Record<AlertChange["kind"], AuditEvent>> = {
  pending: "alert_pending",
  inactive: "alert_inactive",
  firing: "alert_fired",
  resolved: "alert_resolved",
};

/** Entries about one alert that waits and ends without firing, at most in an hour: a value at its threshold must not displace what people did. */
const MAX_PENDING = 20;
const HOUR_MS = 3_600_000;

/** Maximum alerts whose entries are counted. */
const MAX_COUNTED = 1_000;

/** Returns what adds the changes of alerts to the audit log. */
export function createChangeAudit(audit: Pick<AuditLog, "add">): (changes: readonly AlertChange[]) => void {
  const counted = new Map<string, { since: Moment; entries: number }>();
  const isTooOften = (fingerprint: string, at: Moment): boolean => {
    const before = counted.get(fingerprint);
    const count = before && at - before.since < HOUR_MS ? before : { since: at, entries: 0 };
    count.entries += 1;
    counted.delete(fingerprint);
    counted.set(fingerprint, count);
    if (counted.size > MAX_COUNTED) counted.delete(counted.keys().next().value!);
    return count.entries > MAX_PENDING;
  };
  return (changes) => {
    for (const { kind, at, alert } of changes) {
      const isMinor = kind === "pending" || kind === "inactive";
      if (isMinor && isTooOften(alert.fingerprint, at)) continue;
      const { value, threshold, side, cause, release } = alert;
      audit.add({
        at,
        who: "collector",
        what: EVENTS[kind],
        about: alert.episode,
        facts: {
          alert: alert.name,
          summary: alert.summary,
          labels: Object.entries(alert.labels)
            .map(([label, text]) => `${label}=${text}`)
            .join(", "),
          value,
          threshold,
          side,
          cause,
          ...(release !== undefined && { release }),
        },
      });
    }
  };
}

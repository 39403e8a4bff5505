import { randomBytes, randomUUID } from "node:crypto";
import type { Alert, Moment } from "../alerts/alert.ts";
import type { Notice } from "./notice.ts";

/** A fire and its resolve, by which a person sees that a receiver works. */
export function createTestNotices(
  receiver: string,
  by: string,
  at: Moment,
): readonly [fire: Notice, resolve: Notice] {
  const fingerprint = randomBytes(8).toString("hex");
  const episode = `${fingerprint}-${at}`;
  const alert: Alert = {
    fingerprint,
    episode,
    name: "RumkitTest",
    declaredAs: undefined,
    labels: { severity: "info", receiver },
    summary: `A test of the receiver ${receiver}`,
    description: `${by.slice(0, 100)} tries whether notices arrive here. Nothing is wrong.`,
    state: "firing",
    cause: "value",
    startsAt: at,
    endsAt: undefined,
    value: 1,
    threshold: 0,
    side: "above",
    unit: "none",
    release: undefined,
    links: { live: undefined, board: undefined, runbook: undefined },
  };
  const notice = { episode, reason: "test" as const, at, groupLabels: { alertname: alert.name }, leftOut: 0 };
  return [
    { ...notice, id: randomUUID(), status: "firing", alerts: [alert] },
    {
      ...notice,
      id: randomUUID(),
      status: "resolved",
      alerts: [{ ...alert, state: "resolved", endsAt: at }],
    },
  ];
}

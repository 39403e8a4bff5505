import type { LiveAction } from "@rumkit/protocol";
import type { Alert, Moment } from "../alerts/alert.ts";

/** An approval of a person. */
export interface Approval {
  /** The author, as the request names them. */
  readonly by: string;
  /** The name of their token; undefined without `access`. */
  readonly token: string | undefined;
  readonly at: Moment;
}

/** An action of one firing episode, as it is kept. Plain data. */
export interface ActionState {
  /** `<name>-<episode>`: the idempotency key of its request. Has no dot. */
  readonly id: string;
  readonly name: string;
  /** The alert as it fired. */
  readonly alert: Alert;
  readonly state: LiveAction["state"];
  readonly requestedAt: Moment;
  /** Undefined for an action that needs no approval. */
  readonly expiresAt: Moment | undefined;
  readonly approvalsNeeded: number;
  readonly approvals: readonly Approval[];
  /** The time at which it is seen if the action helped; undefined unless it is done. */
  readonly verifyAt: Moment | undefined;
  readonly helped: boolean | undefined;
  readonly outcome: string | undefined;
}

/** Returns an action as people see it. */
export function toLiveAction(action: ActionState): LiveAction {
  const { id, name, alert, state, requestedAt, approvals, approvalsNeeded } = action;
  return {
    id,
    name,
    episode: alert.episode,
    alert: alert.name,
    state,
    requestedAt,
    approvalsMissing: state === "awaiting_approval" ? approvalsNeeded - approvals.length : 0,
    approvedBy: approvals.map(({ by }) => by),
    helped: action.helped ?? null,
    outcome: action.outcome ?? null,
  };
}

/** True after the time in which people can approve it. */
export function isLate({ expiresAt }: ActionState, at: Moment): boolean {
  return expiresAt !== undefined && at >= expiresAt;
}

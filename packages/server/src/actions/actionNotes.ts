import type { AuditEvent, AuditFact } from "@rumkit/protocol";
import type { Moment } from "../alerts/alert.ts";
import type { Audit } from "./actions.ts";
import type { ActionState } from "./actionState.ts";

/** Everything about an event that the action itself does not say. */
interface Noted {
  /** Default now. */
  readonly at?: Moment;
  /** Default the collector. */
  readonly who?: string;
  readonly why?: string | undefined;
  readonly facts?: Readonly<Record<string, AuditFact>>;
}

/** Adds an entry about an action to the audit log. */
export type NoteAction = (what: AuditEvent, action: ActionState, noted?: Noted) => void;

export function createActionNotes(audit: Audit, now: () => Moment): NoteAction {
  return (what, { id, name, alert }, { at = now(), who = "collector", why, facts } = {}) =>
    audit({
      at,
      who,
      what,
      about: id,
      ...(why !== undefined && { why }),
      facts: { action: name, alert: alert.name, episode: alert.episode, ...facts },
    });
}

import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import type { NoteAction } from "./actionNotes.ts";
import type { Decision, DecisionOutcome } from "./actions.ts";
import { type ActionState, isLate } from "./actionState.ts";
import type { ActionStates } from "./actionStates.ts";

/** Takes the decisions of people. */
export type Decide = (
  id: string,
  decision: Decision,
  change: (action: ActionState, decision: Decision) => ActionState | DecisionOutcome,
) => Promise<DecisionOutcome>;

export interface DecideOptions {
  readonly states: ActionStates;
  readonly documents: KeptDocuments;
  readonly note: NoteAction;
  /** Called with what is durable. */
  readonly kept: (changes: readonly DocumentChange[]) => void;
}

/** A decision is durable before it has an effect: what the journal refuses did not happen. */
export function createDecide({ states, documents, note, kept }: DecideOptions): Decide {
  return async (id, decision, change) => {
    const before = states.get(id);
    if (!before) return "unknown";
    if (before.state !== "awaiting_approval" || isLate(before, decision.at)) return "ended";
    const after = change(before, decision);
    if (typeof after === "string") return after;
    states.set(after);
    const changes = states.toKeep();
    try {
      await documents.write(changes);
    } catch {
      if (states.get(id) === after) states.set(before);
      return "not_kept";
    }
    const { at, by, token, why } = decision;
    note(after.state === "rejected" ? "action_rejected" : "action_approved", after, {
      at,
      who: by,
      why,
      facts: token === undefined ? {} : { token },
    });
    kept(changes);
    return "done";
  };
}

/** Two people are two tokens: a name in a request could be anyone's. */
export function approve(
  action: ActionState,
  { by, token, at }: Decision,
): ActionState | "same_person" | "no_token" {
  if (action.approvalsNeeded > 1) {
    if (token === undefined) return "no_token";
    if (action.approvals.some((other) => other.token === token)) return "same_person";
  }
  const approvals = [...action.approvals, { by, token, at }];
  const state = approvals.length >= action.approvalsNeeded ? "running" : "awaiting_approval";
  return { ...action, approvals, state };
}

export function reject(action: ActionState, { by }: Decision): ActionState {
  return { ...action, state: "rejected", outcome: `${by} rejected it.` };
}

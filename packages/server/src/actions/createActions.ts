import type { AuditEvent, AuditFact } from "@rumkit/protocol";
import type { Alert, Moment } from "../alerts/alert.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import { approve, createDecide, reject } from "./actionDecisions.ts";
import { createActionNotes, type NoteAction } from "./actionNotes.ts";
import { createActionRuns } from "./actionRuns.ts";
import type { ActionRule, Actions, Audit } from "./actions.ts";
import { type ActionState, isLate, toLiveAction } from "./actionState.ts";
import { type ActionStates, createActionStates } from "./actionStates.ts";

/** Actions that people see. */
const SHOWN = 100;

export interface ActionsOptions {
  readonly rules: readonly ActionRule[];
  readonly documents: KeptDocuments;
  readonly audit: Audit;
  readonly now: () => Moment;
}

export function createActions({ rules, documents, audit, now }: ActionsOptions): Actions {
  const states = createActionStates(documents, now());
  const note = createActionNotes(audit, now);
  const { start, stop } = createActionRuns({ rules, states, documents, note, now });
  const kept: Actions["kept"] = (changes) => states.kept(changes).forEach(start);
  const decide = createDecide({ states, documents, note, kept });
  const request = createRequest(states, note);
  for (const action of states.interrupted)
    note("action_failed", action, { facts: { outcome: action.outcome ?? null } });

  return {
    tick: (changes, current, at) => {
      for (const { kind, alert } of changes) {
        if (kind !== "firing") continue;
        for (const rule of rules) if (rule.matches(alert)) request(rule, alert, at);
      }
      const firing = new Map(
        current.filter(({ state }) => state !== "pending").map((alert) => [alert.fingerprint, alert]),
      );
      for (const action of states.unfinished()) {
        const end = endOf(action, firing, at);
        if (!end) continue;
        states.set(end.action);
        note(end.what, action, { at, facts: end.facts });
      }
      states.prune(new Set(current.map(({ episode }) => episode)));
    },
    toKeep: states.toKeep,
    kept,
    approve: (id, decision) => decide(id, decision, approve),
    reject: (id, decision) => decide(id, decision, reject),
    list: () => states.newest(SHOWN).map(toLiveAction),
    stop,
  };
}

/** Returns a function that requests the action of a rule, unless the rule was followed shortly before. */
function createRequest(states: ActionStates, note: NoteAction) {
  return (rule: ActionRule, alert: Alert, at: Moment): void => {
    const action = requestOf(rule, alert, at);
    if (states.get(action.id)) return;
    const coolUntil = (states.lastRequest(rule.name) ?? -Infinity) + rule.cooldownMs;
    if (coolUntil > at) {
      const why = `It was requested shortly before: not again until ${new Date(coolUntil).toISOString()}.`;
      return note("action_rejected", action, { at, why });
    }
    states.set(action);
    note("action_requested", action, { at, facts: factsOf(alert, action) });
  };
}

function requestOf(rule: ActionRule, alert: Alert, at: Moment): ActionState {
  const { name, approvals: approvalsNeeded, expiresAfterMs } = rule;
  const isFree = approvalsNeeded === 0;
  return {
    id: `${name}-${alert.episode}`,
    name,
    alert,
    state: isFree ? "running" : "awaiting_approval",
    requestedAt: at,
    expiresAt: isFree ? undefined : at + expiresAfterMs,
    approvalsNeeded,
    approvals: [],
    verifyAt: undefined,
    helped: undefined,
    outcome: undefined,
  };
}

function factsOf({ value, threshold, release }: Alert, { approvalsNeeded }: ActionState) {
  return { value, threshold, release: release ?? null, approvalsNeeded };
}

interface ActionEnd {
  readonly action: ActionState;
  readonly what: AuditEvent;
  readonly facts: Readonly<Record<string, AuditFact>>;
}

/** Returns the end of a request, or of an action that ran; undefined while it goes on. */
function endOf(action: ActionState, firing: ReadonlyMap<string, Alert>, at: Moment): ActionEnd | undefined {
  const { alert, state, verifyAt } = action;
  const now = firing.get(alert.fingerprint);
  if (state === "awaiting_approval") {
    const isOver = now?.episode !== alert.episode;
    if (!isOver && !isLate(action, at)) return undefined;
    const outcome = isOver
      ? "The alert was resolved before it was approved."
      : "It was not approved in time.";
    return { action: { ...action, state: "expired", outcome }, what: "action_rejected", facts: { outcome } };
  }
  if (state !== "done" || verifyAt === undefined || at < verifyAt) return undefined;
  const helped = now === undefined;
  const facts = { helped, valueBefore: alert.value, threshold: alert.threshold };
  return {
    action: { ...action, helped, verifyAt: undefined },
    what: "action_verified",
    facts: { ...facts, ...(now && { valueNow: now.value }) },
  };
}

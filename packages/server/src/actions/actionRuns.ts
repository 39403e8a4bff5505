import { setTimeout as wait } from "node:timers/promises";
import type { Moment } from "../alerts/alert.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import type { NoteAction } from "./actionNotes.ts";
import type { ActionRule } from "./actions.ts";
import type { ActionState } from "./actionState.ts";
import type { ActionStates } from "./actionStates.ts";

/** Milliseconds that `stop` waits for open requests. What they answer later is unknown to the next start, which says so. */
const STOP_MS = 2_000;

/** Runs actions whose state is durable. */
export interface ActionRuns {
  start(action: ActionState): void;
  /** Sends nothing any more. Resolves when open requests have ended or were given up. */
  stop(): Promise<void>;
}

export interface ActionRunsOptions {
  readonly rules: readonly ActionRule[];
  readonly states: ActionStates;
  readonly documents: KeptDocuments;
  readonly note: NoteAction;
  readonly now: () => Moment;
}

export function createActionRuns({ rules, states, documents, note, now }: ActionRunsOptions): ActionRuns {
  const ending = new AbortController();
  const open = new Set<Promise<void>>();
  const run = async (action: ActionState, rule: ActionRule): Promise<void> => {
    const { isDone, text } = await rule.run(action, ending.signal);
    const verifyAt = isDone ? now() + rule.verifyAfterMs : undefined;
    states.set({ ...action, state: isDone ? "done" : "failed", outcome: text, verifyAt });
    const approvedBy = action.approvals.map(({ by }) => by).join(", ");
    note(isDone ? "action_run" : "action_failed", action, { facts: { outcome: text, approvedBy } });
    // Now, because a next start takes an action without outcome for one that may have run.
    await documents.write(states.toKeep()).catch(() => {});
  };
  const start = (action: ActionState): void => {
    const rule = rules.find(({ name }) => name === action.name);
    if (!rule || ending.signal.aborted) return;
    const running: Promise<void> = run(action, rule).finally(() => open.delete(running));
    open.add(running);
  };
  return {
    start,
    stop: async () => {
      ending.abort();
      await Promise.race([Promise.all(open), wait(STOP_MS, undefined, { ref: false })]);
    },
  };
}

import { ALERT_SHAPE, type Moment } from "../alerts/alert.ts";
import { parseDocuments } from "../journal/documentShape.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import type { ActionState } from "./actionState.ts";

const SECTION = "actions";
const SHAPE = {
  id: "text",
  name: "text",
  alert: ALERT_SHAPE,
  state: "text",
  requestedAt: "number",
  approvalsNeeded: "number",
  approvals: [{ by: "text" }],
} as const;

/** Maximum actions that are kept, without those of alerts that fire. */
const MAX_KEPT = 200;

/** The states of actions, those from before this start, too. */
export interface ActionStates {
  /** Actions that ran when the collector ended. They are failed: whether they arrived is unknown. */
  readonly interrupted: readonly ActionState[];
  get(id: string): ActionState | undefined;
  set(action: ActionState): void;
  /** The time at which an action of this name was requested last. */
  lastRequest(name: string): Moment | undefined;
  /** Actions that await an approval, or whose effect is not known yet. */
  unfinished(): readonly ActionState[];
  newest(most: number): readonly ActionState[];
  /** Forgets the oldest beyond the limit, except for those of these episodes. */
  prune(episodes: ReadonlySet<string>): void;
  /** Returns what is not durable yet. */
  toKeep(): DocumentChange[];
  /** Takes changes that are durable. Returns the actions that may run now, each once. */
  kept(changes: readonly DocumentChange[]): ActionState[];
}

export function createActionStates(documents: KeptDocuments, at: Moment): ActionStates {
  const states = readStates(documents);
  const interrupted = interruptedOf(states, at);
  const unkept = createUnkept(states);
  const set = (action: ActionState): void => {
    states.set(action.id, action);
    unkept.add(action.id);
  };
  interrupted.forEach(set);
  /** Each starts once. Those that ran before this start are failed, so they do not start again. */
  const started = new Set<string>();

  return {
    interrupted,
    get: (id) => states.get(id),
    set,
    lastRequest: (name) => [...states.values()].findLast((action) => action.name === name)?.requestedAt,
    unfinished: () => [...states.values()].filter(isUnfinished),
    newest: (most) => [...states.values()].slice(-most).toReversed(),
    prune: (episodes) => {
      for (const action of states.values()) {
        if (states.size <= MAX_KEPT) return;
        const { id, state, alert } = action;
        if (state === "running" || isUnfinished(action) || episodes.has(alert.episode)) continue;
        states.delete(id);
        started.delete(id);
        unkept.add(id);
      }
    },
    toKeep: unkept.changes,
    kept: (changes) => {
      const runnable = unkept
        .kept(changes)
        .filter(({ id, state }) => state === "running" && !started.has(id));
      for (const { id } of runnable) started.add(id);
      return runnable;
    },
  };
}

/** The actions from before this start, oldest first. */
function readStates(documents: KeptDocuments): Map<string, ActionState> {
  const kept = parseDocuments<ActionState>(documents.read(SECTION), SHAPE).map(([, action]) => action);
  return new Map(kept.toSorted((a, b) => a.requestedAt - b.requestedAt).map((action) => [action.id, action]));
}

function interruptedOf(states: ReadonlyMap<string, ActionState>, at: Moment): ActionState[] {
  const outcome = `The collector ended while it ran, and started again at ${new Date(at).toISOString()}. It may have run.`;
  return [...states.values()].flatMap((action) =>
    action.state === "running" ? [{ ...action, state: "failed", outcome }] : [],
  );
}

/** The ids of actions whose state is not durable yet. */
function createUnkept(states: ReadonlyMap<string, ActionState>) {
  const ids = new Set<string>();
  return {
    add: (id: string): void => void ids.add(id),
    changes: (): DocumentChange[] =>
      [...ids].map((key) => ({ section: SECTION, key, text: textOf(states.get(key)) })),
    /** Returns the actions whose state of now is among the changes. */
    kept: (changes: readonly DocumentChange[]): ActionState[] =>
      changes.flatMap(({ section, key, text }) => {
        if (section !== SECTION || !ids.has(key)) return [];
        const action = states.get(key);
        if (textOf(action) !== text) return [];
        ids.delete(key);
        return action ?? [];
      }),
  };
}

function isUnfinished({ state, verifyAt }: ActionState): boolean {
  return state === "awaiting_approval" || verifyAt !== undefined;
}

function textOf(action: ActionState | undefined): string | undefined {
  return action && JSON.stringify(action);
}

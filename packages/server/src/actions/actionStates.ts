import type { Moment } from "../alerts/alert.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import type { ActionState } from "./actionState.ts";

const SECTION = "actions";

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
  const states = new Map<string, ActionState>();
  const dirty = new Set<string>();
  const interrupted: ActionState[] = [];
  const set = (action: ActionState): void => {
    states.set(action.id, action);
    dirty.add(action.id);
  };
  const kept = [...documents.read(SECTION)].map(([, text]) => JSON.parse(text) as ActionState);
  for (const action of kept.toSorted((a, b) => a.requestedAt - b.requestedAt)) {
    states.set(action.id, action);
    if (action.state !== "running") continue;
    const outcome = `The collector ended while it ran, and started again at ${new Date(at).toISOString()}. It may have run.`;
    interrupted.push({ ...action, state: "failed", outcome });
  }
  interrupted.forEach(set);
  /** Each starts once. Those that ran before this start are failed, so they do not start again. */
  const started = new Set<string>();

  return {
    interrupted,
    get: (id) => states.get(id),
    set,
    lastRequest: (name) => [...states.values()].findLast((action) => action.name === name)?.requestedAt,
    unfinished: () =>
      [...states.values()].filter(
        ({ state, verifyAt }) => state === "awaiting_approval" || verifyAt !== undefined,
      ),
    newest: (most) => [...states.values()].slice(-most).toReversed(),
    prune: (episodes) => {
      for (const { id, state, verifyAt, alert } of states.values()) {
        if (states.size <= MAX_KEPT) return;
        const isOpen = state === "awaiting_approval" || state === "running" || verifyAt !== undefined;
        if (isOpen || episodes.has(alert.episode)) continue;
        states.delete(id);
        started.delete(id);
        dirty.add(id);
      }
    },
    toKeep: () => [...dirty].map((key) => ({ section: SECTION, key, text: textOf(states.get(key)) })),
    kept: (changes) => {
      const runnable: ActionState[] = [];
      for (const { section, key, text } of changes) {
        if (section !== SECTION || !dirty.has(key)) continue;
        const action = states.get(key);
        if (textOf(action) !== text) continue;
        dirty.delete(key);
        if (action?.state !== "running" || started.has(key)) continue;
        started.add(key);
        runnable.push(action);
      }
      return runnable;
    },
  };
}

function textOf(action: ActionState | undefined): string | undefined {
  return action && JSON.stringify(action);
}

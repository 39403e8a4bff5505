import type { Backlog } from "../base/backlog.ts";
import type { PageError } from "../base/shownEvents.ts";

/** Errors that wait to be grouped. */
export interface WaitingErrors {
  /** Adds an error that was counted at `at`, in milliseconds since 1970. Returns false if there is no room. */
  add(error: PageError, at: number): boolean;
}

export interface WaitingErrorsOptions {
  readonly backlog: Backlog;
  /** Maximum errors that wait. */
  readonly most: number;
  /** The number of waiting errors from which on equal ones wait as one. */
  readonly joinFrom: number;
  /** Called with each error, and with the time of its last occurrence. */
  readonly take: (error: PageError, at: number) => void;
}

/** An error that waits, for those that are equal to it as well. */
interface Waiting extends Iterator<undefined, undefined> {
  readonly error: PageError;
  times: number;
  at: number;
  /** The sessions of all, if there are several errors. */
  sessions?: Set<string>;
}

/** Sessions of equal errors that wait as one. Of more, the group gets to know these. */
const MAX_SESSIONS = 1_000;

/**
 * Keeps errors until the backlog has time for them. If many wait, equal ones wait as one, with the sum of their
 * occurrences: after a bad release one error arrives thousands of times a second. What waits survives several rounds of
 * the garbage collector, which took a tenth of the CPU of such batches.
 */
export function createWaitingErrors({ backlog, most, joinFrom, take }: WaitingErrorsOptions): WaitingErrors {
  const byStack = createStackIndex();
  let size = 0;

  const enter = (error: PageError, at: number): void => {
    const waiting: Waiting = {
      error,
      times: error.times,
      at,
      next: () => {
        size -= 1;
        byStack.remove(waiting);
        const sessions = waiting.sessions ? [...waiting.sessions] : error.sessions;
        take({ ...error, times: waiting.times, sessions }, waiting.at);
        return { done: true, value: undefined };
      },
    };
    size += 1;
    byStack.add(waiting);
    backlog.add(waiting);
  };
  return {
    add: (error, at) => {
      const equal = size >= joinFrom ? byStack.find(error) : undefined;
      if (equal) {
        join(equal, error, at);
        return true;
      }
      if (size >= most) return false;
      enter(error, at);
      return true;
    },
  };
}

/** Finds waiting errors by their stacks. */
function createStackIndex() {
  /** Of different errors with the same stack only the last one is found, which is enough for a flood. */
  const byStack = new Map<string, Waiting>();
  /** The error that was found last: comparing a stack takes less time than hashing it. */
  let last: Waiting | undefined;
  return {
    /** Returns the waiting error that is equal to this one, if there is one. */
    find: (error: PageError): Waiting | undefined => {
      const found = last?.error.stack === error.stack ? last : byStack.get(error.stack);
      if (!found || !isEqual(found.error, error)) return undefined;
      last = found;
      return found;
    },
    add: (waiting: Waiting): void => void byStack.set(waiting.error.stack, waiting),
    remove: (waiting: Waiting): void => {
      const { stack } = waiting.error;
      if (last === waiting) last = undefined;
      if (byStack.get(stack) === waiting) byStack.delete(stack);
    },
  };
}

/** Lets an error wait as one with an equal one. */
function join(waiting: Waiting, error: PageError, at: number): void {
  waiting.times += error.times;
  waiting.at = at;
  waiting.sessions ??= new Set(waiting.error.sessions);
  for (const session of error.sessions)
    if (waiting.sessions.size < MAX_SESSIONS) waiting.sessions.add(session);
}

/** True if groups and log show both errors alike. Their stacks are equal. */
function isEqual(a: PageError, b: PageError): boolean {
  return (
    a.name === b.name &&
    a.message === b.message &&
    a.route === b.route &&
    a.release === b.release &&
    a.source === b.source &&
    a.browser === b.browser
  );
}

import type { DropReason, PageEvent } from "@rumkit/protocol";
import { rootTimer } from "../base/rootTimer.ts";
import { FLUSH_AFTER_MS, MAX_BATCH_EVENTS, MAX_BATCH_UNITS } from "../base/limits.ts";
import { stringify } from "../base/stringify.ts";

/** Adds an event, or one to the count of an equal event that waits. */
type Add = (event: PageEvent) => void;
/** What waits, as it travels: in order, each route once, with counts above 1. */
type Peek = () => PageEvent[];
/** Forgets what waits. */
type Clear = () => void;

/** Gathers events into a batch, and merges events that are equal. `onDue` runs when it is full or its time has come. */
export const createQueue = (
  onDue: () => void,
  onDrop: (reason: DropReason, count?: number) => void,
): [Add, Peek, Clear] => {
  const { clearTimeout } = globalThis;
  const startTimer = rootTimer();
  /** Each event of the batch under its text. */
  const known = new Map<string, PageEvent>();
  let lastRoute: string | undefined;
  let units = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const add = (event: PageEvent): void => {
    const key = stringify(event);
    if (key.length > MAX_BATCH_UNITS) return onDrop("oversize");
    const same = known.get(key);
    if (same) same.count = (same.count ?? 1) + 1;
    else {
      if (units + key.length > MAX_BATCH_UNITS) onDue();
      units += key.length;
      known.set(key, event);
      // JSON leaves out what is undefined.
      if (event.route === lastRoute) event.route = undefined!;
      else lastRoute = event.route;
    }
    timer ??= startTimer(onDue, FLUSH_AFTER_MS);
    if (known.size >= MAX_BATCH_EVENTS) onDue();
  };

  const clear = (): void => {
    timer = clearTimeout(timer) as undefined;
    lastRoute = undefined;
    units = 0;
    known.clear();
  };

  return [add, () => [...known.values()], clear];
};

import type { DropReason, PageEvent } from "@rumkit/protocol";
import { rootTimer } from "../base/rootTimer.ts";
import { FLUSH_AFTER_MS, MAX_BATCH_EVENTS, MAX_BATCH_UNITS } from "../base/limits.ts";
import { stringify } from "../base/stringify.ts";

/** Adds an event, or increments the count of an equal pending event. */
type Add = (event: PageEvent) => void;
/** Returns pending events as they are sent: in order, repeated routes omitted, with counts above 1. */
type Peek = () => PageEvent[];
/** Removes all pending events. */
type Clear = () => void;

/** Collects events into a batch and merges equal events. `onDue` runs when the batch is full or due. */
export const createQueue = (
  onDue: () => void,
  onDrop: (reason: DropReason, count?: number) => void,
): [Add, Peek, Clear] => {
  const { clearTimeout } = globalThis;
  const startTimer = rootTimer();
  /** Events of the batch, by their JSON. */
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
      // JSON omits undefined values.
      if (event.route === lastRoute) event.route = undefined!;
      else lastRoute = event.route;
    }
    timer ??= startTimer(onDue, FLUSH_AFTER_MS);
    if (known.size >= MAX_BATCH_EVENTS) onDue();
  };

  const clear = (): void => {
    timer = lastRoute = clearTimeout(timer) as undefined;
    units = 0;
    known.clear();
  };

  return [add, () => [...known.values()], clear];
};

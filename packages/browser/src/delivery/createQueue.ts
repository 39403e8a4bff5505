import { type DropReason, MAX_COUNT, type PageEvent } from "@rumkit/protocol";
import { FLUSH_AFTER_MS, FLUSH_CONVERSION_AFTER_MS, MAX_BATCH_EVENTS, MAX_BATCH_UNITS } from "../limits.ts";

/** Adds an event, or one to the count of an equal event that waits. */
type Add = (event: PageEvent) => void;
/** What waits, as it travels: in order, each route once, with counts above 1. */
type Peek = () => PageEvent[];
/** Forgets what waits. */
type Clear = () => void;

/** Gathers events into a batch, and merges events that are equal. `onDue` runs when it is full or its time has come. */
export function createQueue(
  onDue: () => void,
  onDrop: (reason: DropReason, count?: number) => void,
): [Add, Peek, Clear] {
  /** Each event under its text, in order, with its count. */
  const waiting = new Map<string, [event: PageEvent, count: number]>();
  let units = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function add(event: PageEvent): void {
    const key = JSON.stringify(event);
    const size = key.length;
    if (size > MAX_BATCH_UNITS) return onDrop("oversize");
    if (!waiting.has(key)) {
      if (units + size > MAX_BATCH_UNITS) onDue();
      units += size;
      waiting.set(key, [event, 0]);
    }
    const count = ++waiting.get(key)![1];
    if (event.type === "conversion") setTimeout(onDue, FLUSH_CONVERSION_AFTER_MS);
    timer ??= setTimeout(onDue, FLUSH_AFTER_MS);
    if (waiting.size >= MAX_BATCH_EVENTS || count >= MAX_COUNT) onDue();
  }

  function peek(): PageEvent[] {
    let last: string | undefined;
    // JSON leaves out what is undefined.
    return Array.from(waiting.values(), ([event, count]) => ({
      ...event,
      route: event.route === last ? undefined : (last = event.route),
      count: count > 1 ? count : undefined,
    })) as PageEvent[];
  }

  function clear(): void {
    timer = clearTimeout(timer) as undefined;
    units = 0;
    waiting.clear();
  }

  return [add, peek, clear];
}

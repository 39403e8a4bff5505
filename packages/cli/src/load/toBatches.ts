import type { PageEvent } from "@rumkit/protocol";
import type { TimedEvent } from "./diary.ts";

/** Events that a page sends together, and the time when it does. */
export interface TimedBatch {
  /** Milliseconds since the visit began. */
  readonly atMs: number;
  readonly events: readonly PageEvent[];
}

/** The rules by which the page's client gathers events (`@rumkit/browser`). */
const MAX_EVENTS = 30;
const MAX_UNITS = 12 * 1024;
const AFTER_MS = 5_000;
const AFTER_CONVERSION_MS = 1_000;

/** Gathers the events of a visit into batches. The last one is sent when the page is left. */
export function toBatches(events: readonly TimedEvent[]): TimedBatch[] {
  const batches: TimedBatch[] = [];
  let waiting: PageEvent[] = [];
  let units = 0;
  let dueMs = Number.POSITIVE_INFINITY;
  const flush = (atMs: number): void => {
    if (waiting.length > 0) batches.push({ atMs, events: withoutRepeatedRoutes(waiting) });
    waiting = [];
    units = 0;
    dueMs = Number.POSITIVE_INFINITY;
  };
  for (const { atMs, event } of events) {
    if (atMs >= dueMs) flush(dueMs);
    const size = JSON.stringify(event).length;
    if (units + size > MAX_UNITS || waiting.length >= MAX_EVENTS) flush(atMs);
    waiting.push(event);
    units += size;
    dueMs = Math.min(dueMs, atMs + (event.type === "conversion" ? AFTER_CONVERSION_MS : AFTER_MS));
  }
  flush(events.at(-1)?.atMs ?? 0);
  return batches;
}

/** An event without a route has that of the event before it in the batch. */
function withoutRepeatedRoutes(events: readonly PageEvent[]): PageEvent[] {
  let last: string | undefined;
  return events.map((event) => {
    const { route, ...rest } = event;
    if (route === undefined || route === last) return rest;
    last = route;
    return event;
  });
}

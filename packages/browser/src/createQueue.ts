import { MAX_COUNT, type DropReason, type PageEvent } from "@rumkit/protocol";

/**
 * Why a batch left: it was full (by count or size, or its session is over), its time had come, somebody asked,
 * the page was hidden or the client stopped and may not go on, the page leaves.
 */
export type FlushReason = "full" | "time" | "manual" | "pause" | "exit";

/** Distinct events in a batch: what fits 12 KiB at a usual 200 to 400 bytes an event. */
const MAX_EVENTS_A_BATCH = 30;

/**
 * UTF-16 units of a batch's events. Five such batches fit the 64 KiB that a page may have in flight on exit
 * (Fetch standard), with room for the page's own; and one of them fits even at three bytes a unit.
 */
const MAX_BATCH_UNITS = 12 * 1024;

/** What the fields `at` and `count` add to an event's text. */
const STAMP_UNITS = 40;

/** UTF-16 units that wait for `start()`. */
const MAX_WAITING_UNITS = 256 * 1024;

/** From the first event of a batch to its sending: a visit stays at few requests, and little is at risk. */
const FLUSH_AFTER_MS = 5_000;

/** A conversion is worth a request of its own. */
const FLUSH_CONVERSION_AFTER_MS = 1_000;

export interface QueueOptions {
  /** Runs on each flush of an open queue, also where nothing waits. */
  onFlush: (events: PageEvent[], reason: FlushReason) => void;
  onDrop: (reason: DropReason) => void;
}

export interface Queue {
  /** Adds an event, or one to the count of an equal event that waits. */
  add(event: PageEvent): void;
  /** Hands out what waits. Does nothing while closed. */
  flush(reason: FlushReason): void;
  /** Starts the flushing. A new queue is closed: it only gathers. */
  open(): void;
  /** Stops the flushing and forgets what waits. */
  close(): void;
}

/** Gathers events into batches, and merges events that are equal but for their time. */
export function createQueue({ onFlush, onDrop }: QueueOptions): Queue {
  /** Each event under its text, in order. */
  const waiting = new Map<string, PageEvent>();
  let units = 0;
  let isOpen = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerMs = Infinity;

  function add(event: PageEvent): void {
    let key = JSON.stringify({ ...event, at: 0, count: 0 });
    let equal = waiting.get(key);
    // A full event keeps its text; more of it gather under a longer one.
    while (equal?.count === MAX_COUNT) equal = waiting.get((key += " "));
    if (equal) equal.count = (equal.count ?? 1) + 1;
    else addNew(event, key);
  }

  function addNew(event: PageEvent, key: string): void {
    const size = key.length + STAMP_UNITS;
    if (size > MAX_BATCH_UNITS) return onDrop("oversize");
    if (units + size > MAX_BATCH_UNITS) flush("full");
    if (units + size > MAX_WAITING_UNITS) return onDrop("queue_full");
    waiting.set(key, event);
    units += size;
    if (waiting.size === MAX_EVENTS_A_BATCH) flush("full");
    else if (isOpen) arm(event.type === "conversion" ? FLUSH_CONVERSION_AFTER_MS : FLUSH_AFTER_MS);
  }

  function arm(delayMs: number): void {
    if (delayMs >= timerMs) return;
    clearTimeout(timer);
    timerMs = delayMs;
    timer = setTimeout(flush, delayMs, "time");
  }

  function flush(reason: FlushReason): void {
    if (isOpen) onFlush(take(), reason);
  }

  function take(): PageEvent[] {
    const events = [...waiting.values()];
    clearTimeout(timer);
    timerMs = Infinity;
    units = 0;
    waiting.clear();
    return events;
  }

  function open(): void {
    isOpen = true;
    // What has gathered may be more than a batch: it queues up again, now with the limits of one.
    for (const event of take()) add(event);
  }

  function close(): void {
    isOpen = false;
    take();
  }

  return { add, flush, open, close };
}

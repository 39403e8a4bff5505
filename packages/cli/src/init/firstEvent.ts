import { setTimeout as wait } from "node:timers/promises";
import type { LiveEvent, LiveFrame } from "@rumkit/protocol";
import { readEvents } from "../base/serverSentEvents.ts";

/** Milliseconds between two attempts to reach a server that is not running yet. */
const RETRY_MS = 500;

/**
 * Waits until a collector has counted an event of a page, and returns the event. The collector may start later.
 *
 * @param page The address of its live page.
 */
export async function firstEvent(page: string, signal: AbortSignal): Promise<LiveEvent> {
  for (;;) {
    const event = await readFirst(page, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (event) return event;
    await wait(RETRY_MS, undefined, { signal });
  }
}

/** Follows the live stream until its end. */
async function readFirst(page: string, signal: AbortSignal): Promise<LiveEvent | undefined> {
  const { ok, body } = await fetch(`${page}/metrics`, { signal });
  if (!ok || !body) return undefined;
  for await (const { data } of readEvents(body)) {
    const found = pageEventOf(JSON.parse(data) as LiveFrame);
    if (found) return found;
  }
  return undefined;
}

/** Prefers a page view, because everyone knows what it is. */
function pageEventOf({ tail }: LiveFrame): LiveEvent | undefined {
  const ofPages = tail.filter(({ source }) => source === "page");
  return ofPages.find(({ type }) => type === "page_view") ?? ofPages[0];
}

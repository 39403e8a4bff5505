import type { Source } from "../contract/source.ts";
import { ARM_AFTER_MS, FLUSH_CONVERSION_AFTER_MS, MAX_PROMPT_HOLDS } from "../base/limits.ts";
import { rootTimer } from "../base/rootTimer.ts";
import { stringify } from "../base/stringify.ts";

/** A deferred request of the browser (`fetchLater`, Chromium 135 and later). */
interface DeferredRequest {
  /** True once it was sent. */
  readonly activated: boolean;
}

type FetchLater = (url: string, request: RequestInit) => DeferredRequest;

/**
 * Keeps a copy of the pending batch on standby: in a deferred request, which the browser sends if the page dies without
 * an exit event (a crash, a killed process, a closed tab whose script is busy), and which is taken back once the page has
 * sent the batch. Does nothing if the browser has no deferred requests. Also sends pending events when the page is frozen,
 * and a second after a conversion.
 *
 * An event is held as soon as the script that recorded it has returned, because Chromium ends a closed tab whose script
 * runs for half a second longer, without an exit event.
 */
export const standby = (): Source => (page) => {
  const { url, credentials } = page.options;
  // Taken now, so later replacements by other scripts do not affect delivery.
  const { fetchLater } = globalThis as typeof globalThis & { fetchLater: FetchLater };
  const startTimer = rootTimer();
  /** The deferred request, what takes it back, and the id of its batch. */
  let held: [DeferredRequest, AbortController, string] | undefined;
  /** Set while events wait to be held: a promise or a timer. */
  let waiting: unknown;
  /** Holds of the pending batch that did not wait for the timer. */
  let prompt = 0;

  const hold = async (): Promise<void> => {
    // At the end of the script, so that its events share one request. `queueMicrotask` would run in the zone of zone.js.
    // oxlint-disable-next-line typescript/await-thenable, unicorn/no-unnecessary-await -- It waits for the script.
    await 0;
    // Unless the batch was sent meanwhile.
    if (!waiting) return;
    waiting = 0;
    try {
      const batch = page.pending();
      const controller = new AbortController();
      const request = fetchLater(url, {
        method: "POST",
        body: stringify(batch),
        credentials: credentials!,
        signal: controller.signal,
      });
      // Only now, so a page that dies in between still has the old one.
      takeBack();
      held = [request, controller, batch.id];
    } catch {
      // No such function, or no room (64 KiB per origin). The previous request stays.
    }
  };

  const takeBack = (): void => {
    held?.[1].abort();
    held = undefined;
  };

  page.hooks.events.push((event) => {
    // The browser can send the deferred request at any time. This event then starts a new batch.
    if (held?.[0].activated) page.flush();
    waiting ||= prompt++ < MAX_PROMPT_HOLDS ? hold() : startTimer(hold, ARM_AFTER_MS);
    if (event.type === "conversion") startTimer(page.flush, FLUSH_CONVERSION_AFTER_MS);
  });
  // A background tab gets no other event before it is frozen, and possibly discarded.
  page.on(document, "freeze", page.flush);
  page.hooks.flushes.push((isDenied) => {
    const isSent = held?.[0].activated;
    waiting = prompt = 0;
    if (isDenied || isSent) takeBack();
    return isDenied || !isSent;
  });
  // Immediately: in a frame that is removed from its page no later task runs, and the browser would send its copy.
  page.hooks.sent = (id) => {
    if (id === held?.[2]) takeBack();
  };
};

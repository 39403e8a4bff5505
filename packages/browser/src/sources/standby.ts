import type { Source } from "../source.ts";

/** A request that the browser holds (`fetchLater`, Chromium 135 and later). */
interface DeferredRequest {
  /** Whether it was sent. */
  readonly activated: boolean;
}

declare const fetchLater: (url: string, request: RequestInit) => DeferredRequest;

/**
 * Milliseconds from an event to the request that holds it. Handing a batch over costs the page about a third
 * of a millisecond (Chromium 156), so a burst of events shares one.
 */
const ARM_AFTER_MS = 100;

/**
 * Puts the pending batch into the hands of the browser, which sends it if the page dies without a word: a
 * crash, a killed process. Where the browser cannot, nothing happens. And sends what waits when the page is frozen.
 */
export function standby(): Source {
  return (page) => {
    const { url = "/collect" } = page.options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let controller: AbortController | undefined;
    let request: DeferredRequest | undefined;

    function handOver(): void {
      timer = undefined;
      const next = new AbortController();
      try {
        const body = JSON.stringify(page.pending());
        request = fetchLater(url, { method: "POST", body, credentials: "omit", signal: next.signal });
      } catch {
        // No such function, or no room (64 KiB an origin): what was handed over before stays.
        return;
      }
      // The old one last: aborted first, a page that dies between has none.
      controller?.abort();
      controller = next;
    }

    page.hooks.events.push(() => {
      // By a reason of its own the browser has sent what it had: this event begins a new batch.
      if (request?.activated) page.flush();
      timer ??= setTimeout(handOver, ARM_AFTER_MS);
    });
    // All that a tab in the background gets before it is frozen, and then perhaps discarded.
    page.on(document, "freeze", () => page.flush());
    page.hooks.flushes.push(() => {
      const isSent = request?.activated;
      const old = controller;
      clearTimeout(timer);
      timer = controller = request = undefined;
      // After this flush has sent the batch.
      queueMicrotask(() => old?.abort());
      return !isSent;
    });
  };
}

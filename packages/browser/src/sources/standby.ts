import type { Source } from "../contract/source.ts";
import { ARM_AFTER_MS, FLUSH_CONVERSION_AFTER_MS } from "../base/limits.ts";
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
 * an exit event (a crash, a killed process), and which is taken back once the page has sent the batch. Does nothing if the browser has no deferred requests. Also sends pending events when
 * the page is frozen, and a second after a conversion.
 */
export const standby = (): Source => (page) => {
  const { url, credentials } = page.options;
  // Taken now, so later replacements by other scripts do not affect delivery.
  const { fetchLater } = globalThis as typeof globalThis & { fetchLater: FetchLater };
  const startTimer = rootTimer();
  /** Id of the batch in the deferred request. */
  let held: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let controller: AbortController | undefined;
  let request: DeferredRequest | undefined;

  const handOver = (): void => {
    timer = undefined;
    const next = new AbortController();
    const { signal } = next;
    const batch = page.pending();
    try {
      const body = stringify(batch);
      request = fetchLater(url, { method: "POST", body, credentials: credentials!, signal });
    } catch {
      // No such function, or no room (64 KiB per origin). The previous request stays.
      return;
    }
    // Aborts the old request last, so a page that dies in between still has one.
    controller?.abort();
    controller = next;
    held = batch.id;
  };

  const takeBack = (): void => {
    controller?.abort();
    controller = request = held = undefined;
  };

  page.hooks.events.push((event) => {
    // The browser can send the deferred request at any time. This event then starts a new batch.
    if (request?.activated) page.flush();
    timer ??= startTimer(handOver, ARM_AFTER_MS);
    if (event.type === "conversion") startTimer(page.flush, FLUSH_CONVERSION_AFTER_MS);
  });
  // A background tab gets no other event before it is frozen, and possibly discarded.
  page.on(document, "freeze", page.flush);
  page.hooks.flushes.push((isDenied) => {
    const isSent = request?.activated;
    timer = clearTimeout(timer) as undefined;
    if (isDenied || isSent) takeBack();
    return isDenied || !isSent;
  });
  // Immediately: in a frame that is removed from its page no later task runs, and the browser would send its copy.
  page.hooks.sent = (id) => {
    if (id === held) takeBack();
  };
};

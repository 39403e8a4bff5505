import { ARM_AFTER_MS, FLUSH_CONVERSION_AFTER_MS } from "../base/limits.ts";
import { stringify } from "../base/stringify.ts";
import { rootTimer } from "../base/rootTimer.ts";
import type { Source } from "../contract/source.ts";

/** A request that the browser holds (`fetchLater`, Chromium 135 and later). */
interface DeferredRequest {
  /** Whether it was sent. */
  readonly activated: boolean;
}

type FetchLater = (url: string, request: RequestInit) => DeferredRequest;

/**
 * Puts the pending batch into the hands of the browser, which sends it if the page dies without a word: a
 * crash, a killed process. Where the browser cannot, nothing happens. And sends what waits when the page is frozen, and
 * a second after a conversion, which is worth a request.
 */
export const standby = (): Source => (page) => {
  const { url, credentials } = page.options;
  // As they are now: what others put in their place later does not change how batches travel.
  const { fetchLater } = globalThis as typeof globalThis & { fetchLater: FetchLater };
  const startTimer = rootTimer();
  /** The batch that the browser holds. */
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
      // No such function, or no room (64 KiB an origin): what was handed over before stays.
      return;
    }
    // The old one last: aborted first, a page that dies between has none.
    controller?.abort();
    controller = next;
    held = batch.id;
  };

  const takeBack = (): void => {
    controller?.abort();
    controller = request = held = undefined;
  };

  page.hooks.events.push((event) => {
    // By a reason of its own the browser has sent what it had: this event begins a new batch.
    if (request?.activated) page.flush();
    timer ??= startTimer(handOver, ARM_AFTER_MS);
    if (event.type === "conversion") startTimer(page.flush, FLUSH_CONVERSION_AFTER_MS);
  });
  // All that a tab in the background gets before it is frozen, and then perhaps discarded.
  page.on(document, "freeze", page.flush);
  page.hooks.flushes.push((isDenied) => {
    const isSent = request?.activated;
    timer = clearTimeout(timer) as undefined;
    if (isDenied || isSent) takeBack();
    return !isSent;
  });
  // At once: in a frame that is taken out of its page no later task runs, and the browser would send what it holds.
  page.hooks.sent = (id) => {
    if (id === held) takeBack();
  };
};

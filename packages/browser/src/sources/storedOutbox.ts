import { MAX_STORED_BATCHES } from "../base/limits.ts";
import type { Batch } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";

/**
 * Keeps undelivered batches in `localStorage` and sends them with the same ids on the next visit. If storage is denied or
 * full, they live as long as the page.
 *
 * On an exit it also keeps batches in flight that may not arrive: to another origin, through a service worker, or from a
 * browser whose `fetch` lacks keepalive. Chromium loses a request that a worker does not handle, but not a deferred one, so
 * it gets both. A batch that arrives twice has the same bytes and counts once.
 *
 * What is stored is taken back from `standby`: its copy may have fewer events, and the collector counts an id once.
 *
 * Batches of earlier pages are sent at the first flush, because storage is allowed only then, and a request is sent anyway.
 * If it is the flush of an exit, storage already contains batches of this page, which `inFlight` excludes.
 *
 * In the keys, a space follows the URL, because no URL has one: the batches of `/collect` are not those of `/collect.php`.
 */
export const storedOutbox = (): Source => {
  let isEmptied = false;
  return (page) => {
    const { hooks, options } = page;
    const { url } = options;
    const { fetchLater } = globalThis as typeof globalThis & { fetchLater?: typeof fetch };
    const sent = hooks.sent;
    const prefix = `rumkit.batch ${url} `;
    /** Bodies without a response, by id. */
    const inFlight = new Map<string, string>();
    const access = (use: (stored: [key: string, body: string][]) => void): void => {
      try {
        use(Object.entries(localStorage).filter(([key]) => key.startsWith(prefix)));
      } catch {
        // Storage is denied or full, or another script's entry under such a key is not JSON.
      }
    };
    const add = (id: string, body: string): void =>
      access((stored) => {
        if (stored.length >= MAX_STORED_BATCHES) return;
        localStorage[prefix + id] ??= body;
        sent?.(id, body);
      });
    hooks.outbox = {
      add,
      delete(id) {
        inFlight.delete(id);
        access(() => delete localStorage[prefix + id]);
      },
    };
    hooks.sent = (id, body) => {
      sent?.(id, body);
      inFlight.set(id, body);
    };
    hooks.flushes.push((isDenied) => {
      if (isDenied) {
        inFlight.clear();
        access((stored) => stored.forEach(([key]) => delete localStorage[key]));
      } else if (!isEmptied)
        queueMicrotask(() =>
          access((stored) =>
            stored.forEach(([key, body]) =>
              access(
                () => inFlight.has(key.slice(prefix.length)) || page.resend(JSON.parse(body) as Batch, body),
              ),
            ),
          ),
        );
      isEmptied ||= !isDenied;
    });
    page.on(window, "pagehide", () => {
      page.flush();
      const isControlled = navigator.serviceWorker?.controller;
      for (const [id, body] of inFlight) {
        if (isControlled || !/^\/\w/.test(url) || !("keepalive" in Request.prototype)) add(id, body);
        if (isControlled) void fetchLater?.(url, { method: "POST", body, credentials: options.credentials! });
      }
    });
  };
};

import type { Batch } from "@rumkit/protocol";
import { MAX_STORED_BATCHES } from "../base/limits.ts";
import type { Source } from "../contract/source.ts";

/**
 * Keeps batches that could not be delivered in `localStorage`, and sends them under the same ids on the next
 * visit. Where storage is denied or full, they live as long as the page.
 *
 * Keeps also what is on its way when the page leaves, where that may not arrive: to another origin, past a service
 * worker, from a browser whose `fetch` knows no keepalive. What arrives twice has the same bytes, and counts once.
 */
export const storedOutbox = (): Source => {
  let isEmptied = false;
  return (page) => {
    const { hooks, options } = page;
    const { url } = options;
    const { fetchLater } = globalThis as typeof globalThis & { fetchLater?: typeof fetch };
    const { sent } = hooks;
    const prefix = `rumkit.batch.${url}.`;
    /** Bodies without an answer, by id. */
    const onTheWay = new Map<string, string>();

    /** Batches in storage, by key. Runs what may fail: storage can be denied or full. */
    const access = (use: (stored: [key: string, body: string][]) => void): void => {
      try {
        use(Object.entries(localStorage).filter(([key]) => key.startsWith(prefix)));
      } catch {
        // As said above.
      }
    };

    const add = (id: string, body: string): void =>
      access((stored) => {
        if (stored.length < MAX_STORED_BATCHES) localStorage[prefix + id] ??= body;
      });

    hooks.outbox = {
      add,
      delete(id) {
        onTheWay.delete(id);
        access(() => delete localStorage[prefix + id]);
      },
    };
    hooks.sent = (id, body) => {
      sent?.(id, body);
      onTheWay.set(id, body);
    };
    // With the first flush: only then storage may be touched, and something is sent anyway.
    hooks.flushes.push((isDenied) => {
      if (isDenied) {
        onTheWay.clear();
        access((stored) => stored.forEach(([key]) => delete localStorage[key]));
      } else if (!isEmptied)
        queueMicrotask(() =>
          access((stored) =>
            stored.forEach(([key, body]) => {
              // Where the first flush is that of an exit, this page's own batch is there already.
              if (!onTheWay.has(key.slice(prefix.length))) page.resend(JSON.parse(body) as Batch, body);
            }),
          ),
        );
      isEmptied ||= !isDenied;
    });
    page.on(window, "pagehide", () => {
      page.flush();
      const isControlled = navigator.serviceWorker?.controller;
      for (const [id, body] of onTheWay) {
        if (isControlled || !/^\/\w/.test(url) || !("keepalive" in Request.prototype)) add(id, body);
        // What falls through a worker is lost with the page (Chromium); what the browser holds is not.
        if (isControlled) void fetchLater?.(url, { method: "POST", body, credentials: options.credentials! });
      }
    });
  };
};

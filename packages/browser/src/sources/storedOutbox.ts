import type { Batch } from "@rumkit/protocol";
import type { Outbox, Source, SourceContext } from "../source.ts";

/** UTF-16 units that may wait in storage for a next visit: five batches, of the 5 Mi that an origin has. */
const MAX_STORED_UNITS = 64 * 1024;

/** A batch is given up after a day: the collector remembers its id for three. */
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * Keeps batches that could not be delivered in `localStorage`, and sends them under the same ids on the next
 * visit. Where storage is denied or full, they live as long as the page.
 */
export function storedOutbox(): Source {
  let isEmptied = false;
  return (page) => {
    const { url = "/collect" } = page.options;
    const outbox = createOutbox(`rumkit.batch.${url}.`);
    page.hooks.outbox = outbox;
    // With the first flush: only then storage may be touched, and something is sent anyway.
    page.hooks.flushes.push(() => {
      if (!isEmptied) for (const body of outbox.all()) void resend(page, outbox, url, body).catch(() => {});
      isEmptied = true;
    });
  };
}

/** One key for each batch, so that tabs do not overwrite each other. Never throws. */
function createOutbox(prefix: string): Outbox & { all(): string[] } {
  function access<Result>(use: (keys: string[]) => Result): Result | undefined {
    try {
      return use(Object.keys(localStorage).filter((key) => key.startsWith(prefix)));
    } catch {
      return undefined;
    }
  }
  return {
    add(id, body) {
      access((keys) => {
        const units = keys.reduce((sum, key) => sum + localStorage[key].length, body.length);
        if (units <= MAX_STORED_UNITS) localStorage[prefix + id] ??= body;
      });
    },
    delete(id) {
      access(() => delete localStorage[prefix + id]);
    },
    all: () => access((keys) => keys.map((key) => localStorage[key] as string)) ?? [],
  };
}

/** Sends a batch of an earlier visit once. What fails stays for the next. Rejects for another script's text under our key. */
async function resend(page: SourceContext, outbox: Outbox, url: string, body: string): Promise<void> {
  const batch = JSON.parse(body) as Batch;
  if (Date.now() - batch.sentAt < LONGEST_MS) {
    const { status } = await fetch(url, { method: "POST", body, credentials: "omit" });
    if (status >= 500 || [408, 425, 429].includes(status)) return;
  } else {
    for (const event of batch.events) page.drop("expired", event.count);
  }
  outbox.delete(batch.id);
}

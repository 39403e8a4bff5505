import { post, type PostOptions } from "./delivery.ts";
import type { ClientDropReason } from "./reportingClient.ts";
import { retryDelay } from "./retryDelay.ts";
import { wait } from "./wait.ts";

/** Maximum reports that wait at one time. */
const MOST_WAITING = 1_000;

/** A day, as batches are tried. */
const EXPIRY_MS = 86_400_000;

/** Values that count once under a key, whichever process reports them. */
export interface KeyedReports {
  /** Reports an item. Resolves when the collector has it, under this key or from before, or when it is given up. */
  add(item: string, key: string): Promise<void>;
  /** Tries until everything is delivered or the time is up. */
  close(): Promise<void>;
  counts(): { readonly waiting: number; readonly delivered: number };
}

export interface KeyedReportsOptions extends Omit<PostOptions, "signal"> {
  readonly closeTimeoutMs: number;
  readonly drop: (reason: ClientDropReason, detail: string) => void;
}

/**
 * Sends each value in a request that has the key of the value. A key that the collector knows with another value is one
 * that an earlier run of the same job has reported: it is not counted again.
 */
export function createKeyedReports(options: KeyedReportsOptions): KeyedReports {
  const waiting = new Set<Promise<void>>();
  const closing = new AbortController();
  let delivered = 0;
  let isClosed = false;

  const deliver = async (body: string, key: string): Promise<void> => {
    const until = Date.now() + EXPIRY_MS;
    for (let failures = 1; ; failures += 1) {
      const outcome = await post({ key, body }, { ...options, signal: closing.signal });
      if (outcome.kind === "delivered" || (outcome.kind === "refused" && outcome.status === 409)) {
        const [rejected] = outcome.kind === "delivered" ? outcome.rejected : [];
        if (rejected) return options.drop("refused", rejected.message);
        delivered += 1;
        return;
      }
      if (outcome.kind === "refused") return options.drop("refused", outcome.reason);
      if (closing.signal.aborted) return options.drop("closed", outcome.reason);
      if (Date.now() > until) return options.drop("expired", outcome.reason);
      await wait(outcome.orderedMs ?? retryDelay(failures), closing.signal, false);
    }
  };

  return {
    add: (item, key) => {
      const fault = isClosed ? "closed" : waiting.size >= MOST_WAITING ? "queue_full" : undefined;
      if (fault) return Promise.resolve(options.drop(fault, "the end of a job"));
      const sending = deliver(`{"items":[${item}]}`, key).finally(() => waiting.delete(sending));
      waiting.add(sending);
      return sending;
    },
    close: async () => {
      isClosed = true;
      const timeUp = setTimeout(() => closing.abort(), options.closeTimeoutMs);
      await Promise.all(waiting);
      clearTimeout(timeUp);
    },
    counts: () => ({ waiting: waiting.size, delivered }),
  };
}

import { FIRST_RETRY_MS, LONGEST_RETRY_MS, MAX_WAITING_BATCHES } from "../base/limits.ts";
import type { Batch, DropReason } from "@rumkit/protocol";
import { FINAL_ANSWER } from "./finalAnswer.ts";
import type { Hooks, PageOptions } from "../contract/source.ts";
import { stringify } from "../base/stringify.ts";
import { rootTimer } from "../base/rootTimer.ts";

/** Adds a batch, which the next `send` sends. A retry has the same bytes and therefore the same id. */
type Add = (batch: Batch, body?: string) => void;
/** Sends waiting batches, unless a retry is scheduled. `isLast` sends them immediately: it may be the last opportunity. */
type Send = (isLast?: unknown) => void;
/** Discards waiting batches, and those in flight that fail. */
type Clear = () => void;

/**
 * Sends batches to the collector, by `fetch` with keepalive. Such a request outlives the page, its response is available
 * while the page lives, it carries the page's origin whatever the referrer policy is, and blockers that stop all beacons
 * to other sites allow it.
 */
export const createTransport = (
  { url, credentials, onAnswer }: PageOptions,
  hooks: Hooks,
  onLost: (batch: Batch, reason: DropReason) => void,
): [Add, Send, Clear] => {
  // Taken now, so later replacements by other scripts do not affect delivery.
  const { fetch } = globalThis;
  const startTimer = rootTimer();
  /** Batches that are not in flight, with their bodies. */
  let waiting = new Map<Batch, string>();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const add = (batch: Batch, body = stringify(batch)): void => {
    // `settle` also deletes it from the outbox: a batch reported as lost must not be counted by the next visit.
    if (waiting.size >= MAX_WAITING_BATCHES) settle(batch, "queue_full");
    else waiting.set(batch, body);
  };

  const settle = (batch: Batch, lost?: DropReason | false): void => {
    waiting.delete(batch);
    hooks.outbox?.delete(batch.id);
    if (lost) onLost(batch, lost);
  };

  const send = (isLast?: unknown): void => {
    for (const [batch, body] of waiting) {
      if (Date.now() - batch.sentAt > LONGEST_RETRY_MS) settle(batch, "expired");
      else if (isLast || !timer) post(batch, body).catch(Object);
      else hooks.outbox?.add(batch.id, body);
    }
  };

  const post = async (batch: Batch, body: string): Promise<void> => {
    const mine = waiting;
    // A string body is text/plain, and no other header is set, so another origin needs no preflight.
    const answer = fetch(url, { method: "POST", body, credentials: credentials!, keepalive: true });
    // Not earlier: Firefox can stop the script of a dying page at any line; its next event then sends the batch.
    waiting.delete(batch);
    hooks.sent?.(batch.id, body);
    // No network, no room among the keepalive requests, or a blocker: treated as no response.
    const response = await answer.catch(() => Response.error());
    const { status, headers } = response;
    if (FINAL_ANSWER.test(status + headers.get("content-type")!)) {
      failures = 0;
      // With 422, the collector has already counted the events by their faults.
      settle(batch, status > 299 && status !== 422 && "refused");
    } else if (mine === waiting) {
      add(batch, body);
      // Retry-After in seconds, as the collector sends it, plus a random delay: pages that got the same Retry-After
      // do not return together.
      timer ??= startTimer(
        () => {
          timer = undefined;
          send();
        },
        Math.min(
          (+headers.get("retry-after")! * 1000 || 0) + FIRST_RETRY_MS * 2 ** failures++ * Math.random(),
          LONGEST_RETRY_MS,
        ),
      );
    } else onLost(batch, "consent");
    send();
    // Last, so an exception here cannot lose the batch.
    onAnswer?.(response, url);
  };

  const clear = (): void => {
    for (const [batch] of waiting) onLost(batch, "consent");
    waiting = new Map();
  };

  return [add, send, clear];
};

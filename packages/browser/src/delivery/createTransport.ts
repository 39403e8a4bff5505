import type { Batch, DropReason } from "@rumkit/protocol";
import { stringify } from "../base/stringify.ts";
import { FIRST_RETRY_MS, LONGEST_RETRY_MS, MAX_WAITING_BATCHES } from "../base/limits.ts";
import { rootTimer } from "../base/rootTimer.ts";
import type { Hooks, PageOptions } from "../contract/source.ts";
import { FINAL_ANSWER } from "./finalAnswer.ts";

/** Takes a batch, which travels with the next `send`. A retry has the same bytes, and so the same id. */
type Add = (batch: Batch, body?: string) => void;
/** Sends what is not on its way, unless a retry is due later. `isLast`: at once, as there may be no other time. */
type Send = (isLast?: unknown) => void;
/** Forgets what waits, and what comes back unanswered. */
type Clear = () => void;

/**
 * Brings batches to the collector, by `fetch` with keepalive: it outlives the page, its answer is heard where the
 * page lives, it names the page's origin whatever the referrer policy is, and blockers that stop every beacon to
 * another site let it pass.
 */
export const createTransport = (
  { url, credentials, onAnswer }: PageOptions,
  hooks: Hooks,
  onLost: (batch: Batch, reason: DropReason) => void,
): [Add, Send, Clear] => {
  // As they are now: what others put in their place later does not change how batches travel.
  const { fetch } = globalThis;
  const startTimer = rootTimer();
  /** Batches that are not on their way, with their bodies. */
  let waiting = new Map<Batch, string>();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const add = (batch: Batch, body = stringify(batch)): void => {
    // Also out of the outbox: what is said to be lost may not be counted by a next visit.
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
    // A string body is text/plain, and there is no other header: another origin needs no preflight.
    const answer = fetch(url, { method: "POST", body, credentials: credentials!, keepalive: true });
    // Only now: Firefox ends the script of a dying page at any line, and its next event sends what still waits.
    waiting.delete(batch);
    hooks.sent?.(batch.id, body);
    // No network, no room among the keepalive requests, or a blocker: as if nobody had answered.
    const response = await answer.catch(() => Response.error());
    const { status, headers } = response;
    if (FINAL_ANSWER.test(status + headers.get("content-type")!)) {
      failures = 0;
      // With 422 the collector has counted the events itself, by what is wrong with each.
      settle(batch, status > 299 && status !== 422 && "refused");
    } else if (mine === waiting) {
      add(batch, body);
      // Retry-After in seconds, as our collector says it, and a random wait: pages that were told the same second do
      // not come back in it together.
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
    // Last: where it throws, the batch is cared for.
    onAnswer?.(response, url);
  };

  const clear = (): void => {
    for (const [batch] of waiting) onLost(batch, "consent");
    waiting = new Map();
  };

  return [add, send, clear];
};

import { createDropCount, type DropCount, type Losses } from "./dropCount.ts";
import type { ItemQueue } from "./itemQueue.ts";
import { type Destination, type Posted, postItems, type PostOutcome } from "./postItems.ts";
import type { ClientDropReason, ClientStatus } from "./reportingClient.ts";
import { retryDelay } from "./retryDelay.ts";

/**
 * A day, as pages retry: well within the 72 hours that a collector remembers a key. By the system's clock, which continues
 * while a machine sleeps.
 */
const EXPIRY_MS = 86_400_000;

/** The collector, and the bounds of a request to it. */
export interface PostOptions {
  readonly destination: Destination;
  readonly requestTimeoutMs: number;
  /** Ends the request under way. */
  readonly signal: AbortSignal;
}

export interface DeliveryOptions extends PostOptions {
  readonly queue: ItemQueue;
  readonly onProblem: (message: string) => void;
}

/** The earliest time of the next try. */
interface Retry {
  /** By `performance.now()`, because the system's clock may jump. 0 or past if there is nothing to wait for. */
  readonly at: number;
  /** True if the collector asked for the pause. */
  readonly isOrdered: boolean;
}

/** Delivers the values of the queue in batches, in order, and repeats a batch until the collector has answered it. */
export interface Delivery {
  readonly dropped: DropCount;
  /** True while a batch was posted and is not answered. */
  hasBatch(): boolean;
  retry(): Retry;
  /** The number of values that wait, in the batch or in the queue. */
  waiting(): number;
  /** Sends the values that wait now. Values that are recorded meanwhile gather for the next turn. */
  sendAll(): Promise<void>;
  /** Discards everything that waits. */
  clear(): void;
  /** The values of answered batches so far. */
  answered(): Pick<ClientStatus, "delivered" | "rejected">;
}

/** A batch that was sent at least once, or is about to be. */
interface Batch {
  readonly key: string;
  readonly body: string;
  readonly counts: readonly number[];
  /** Earlier losses of the client, reported with this batch. */
  readonly losses: Losses | undefined;
  readonly createdAt: number;
  failures: number;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { queue } = options;
  const dropped = createDropCount(options.onProblem);
  const answers = createAnswers(dropped);
  let batch: Batch | undefined;
  let retry = NO_RETRY;

  return {
    dropped,
    hasBatch: () => batch !== undefined,
    retry: () => retry,
    waiting: () => sum(batch?.counts ?? []) + queue.values(),
    sendAll: async () => {
      let left = queue.size();
      for (;;) {
        const before = queue.size();
        batch ??= left > 0 ? takeBatch(queue, dropped) : undefined;
        if (!batch) return;
        left -= before - queue.size();
        const outcome = await post(batch, options);
        if (outcome.kind === "retry") {
          retry = retryAfter(outcome.orderedMs, ++batch.failures);
          if (Date.now() - batch.createdAt < EXPIRY_MS) return;
          lose(dropped, batch, "expired", outcome.reason);
          batch = undefined;
          return;
        }
        retry = NO_RETRY;
        answers.add(batch, outcome);
        batch = undefined;
      }
    },
    clear: () => {
      batch = undefined;
      queue.clear();
    },
    answered: answers.counts,
  };
}

/** Counts the values of answered batches. */
interface Answers {
  add(answered: Batch, outcome: Exclude<PostOutcome, { kind: "retry" }>): void;
  counts: Delivery["answered"];
}

function createAnswers(dropped: DropCount): Answers {
  let delivered = 0;
  let rejected = 0;
  return {
    add: (answered, outcome) => {
      if (outcome.kind === "refused") return lose(dropped, answered, "refused", outcome.reason);
      delivered += sum(answered.counts);
      for (const { index, code, message } of outcome.rejected) {
        rejected += answered.counts[index] ?? 1;
        dropped.warn(`rejected:${code}`, `The collector rejects a value: ${message}`);
      }
    },
    counts: () => ({ delivered, rejected }),
  };
}

function takeBatch(queue: ItemQueue, dropped: DropCount): Batch | undefined {
  const taken = queue.take();
  if (!taken) return undefined;
  const losses = dropped.takeUnreported();
  const body = `{"items":[${taken.items}]${losses ? `,"dropped":${JSON.stringify(losses)}` : ""}}`;
  const { counts } = taken;
  return { key: crypto.randomUUID(), body, counts, losses, createdAt: Date.now(), failures: 0 };
}

function lose(dropped: DropCount, lost: Batch, reason: ClientDropReason, detail: string): void {
  dropped.add(reason, sum(lost.counts), detail);
  dropped.reportAgain(lost.losses);
}

const NO_RETRY: Retry = { at: 0, isOrdered: false };

/** Clients that are sent away together would return together: an ordered pause gets a second of jitter. */
function retryAfter(orderedMs: number | undefined, failures: number): Retry {
  const pause = orderedMs === undefined ? retryDelay(failures) : orderedMs + Math.random() * 1_000;
  return { at: performance.now() + pause, isOrdered: orderedMs !== undefined };
}

/** Posts a batch within its time. Edge runtimes have no `AbortSignal.any`. */
export async function post(
  posted: Posted,
  { destination, requestTimeoutMs, signal }: PostOptions,
): Promise<PostOutcome> {
  const request = new AbortController();
  const end = (): void => request.abort(signal.reason);
  const timeout = setTimeout(() => {
    request.abort(new DOMException(`no answer within ${requestTimeoutMs} ms`, "TimeoutError"));
  }, requestTimeoutMs);
  unref(timeout);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await postItems(destination, posted, request.signal);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener("abort", end);
  }
}

/** Lets the process end before the timer. An edge runtime has numbers for timers, and no process that waits. */
export function unref(timer: Partial<NodeJS.Timeout>): void {
  timer.unref?.();
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

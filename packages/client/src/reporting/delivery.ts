import { createDropCount, type DropCount, type Losses } from "./dropCount.ts";
import type { ItemQueue } from "./itemQueue.ts";
import { type Destination, postItems, type PostOutcome } from "./postItems.ts";
import type { ClientDropReason, ClientStatus } from "./reportingClient.ts";
import { retryDelay } from "./retryDelay.ts";

/** A day, as pages retry: well within the 72 hours that a collector remembers a key. */
const EXPIRY_MS = 86_400_000;

export interface DeliveryOptions {
  readonly queue: ItemQueue;
  readonly destination: Destination;
  readonly requestTimeoutMs: number;
  /** Ends the request under way. */
  readonly signal: AbortSignal;
  readonly onProblem: (message: string) => void;
}

/** The earliest time of the next try. */
interface Retry {
  /** Milliseconds since 1970; 0 or past if there is nothing to wait for. */
  at: number;
  /** True if the collector asked for the pause. */
  isOrdered: boolean;
}

/** Delivers the values of the queue in batches, in order, and repeats a batch until the collector has answered it. */
export interface Delivery {
  readonly dropped: DropCount;
  /** True while a batch was posted and is not answered. */
  readonly hasBatch: boolean;
  readonly retry: Readonly<Retry>;
  /** The number of values that wait, in the batch or in the queue. */
  waiting(): number;
  /** Sends the values that wait now. Values that are recorded meanwhile gather for the next turn. */
  sendAll(): Promise<void>;
  /** Discards everything that waits. */
  clear(): void;
  status(): ClientStatus;
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
  let batch: Batch | undefined;
  const retry: Retry = { at: 0, isOrdered: false };
  let delivered = 0;
  let rejected = 0;

  const settle = (sent: Batch, outcome: Exclude<PostOutcome, { kind: "retry" }>): void => {
    retry.at = 0;
    retry.isOrdered = false;
    if (outcome.kind === "refused") return lose(dropped, sent, "refused", outcome.reason);
    delivered += sum(sent.counts);
    for (const { index, code, message } of outcome.rejected) {
      rejected += sent.counts[index] ?? 1;
      dropped.warn(`rejected:${code}`, `The collector rejects a value: ${message}`);
    }
  };
  const postpone = (failed: Batch, outcome: Extract<PostOutcome, { kind: "retry" }>): void => {
    failed.failures += 1;
    retry.isOrdered = outcome.orderedMs !== undefined;
    retry.at = Date.now() + pauseOf(outcome.orderedMs, failed.failures);
    if (Date.now() - failed.createdAt < EXPIRY_MS) return;
    lose(dropped, failed, "expired", outcome.reason);
    batch = undefined;
  };
  const waiting = (): number => sum(batch?.counts ?? []) + queue.values;

  return {
    dropped,
    get hasBatch() {
      return batch !== undefined;
    },
    retry,
    waiting,
    sendAll: async () => {
      let left = queue.size;
      for (;;) {
        const before = queue.size;
        batch ??= left > 0 ? takeBatch(queue, dropped) : undefined;
        if (!batch) return;
        left -= before - queue.size;
        const outcome = await post(batch, options);
        if (outcome.kind === "retry") return postpone(batch, outcome);
        settle(batch, outcome);
        batch = undefined;
      }
    },
    clear: () => {
      batch = undefined;
      queue.clear();
    },
    status: () => ({ waiting: waiting(), delivered, rejected, dropped: dropped.all() }),
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

/** Clients that are sent away together would return together: an ordered pause gets a second of jitter. */
function pauseOf(orderedMs: number | undefined, failures: number): number {
  return orderedMs === undefined ? retryDelay(failures) : orderedMs + Math.random() * 1_000;
}

/** Posts a batch within its time. Edge runtimes have no `AbortSignal.any`. */
async function post(
  posted: Batch,
  { destination, requestTimeoutMs, signal }: DeliveryOptions,
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

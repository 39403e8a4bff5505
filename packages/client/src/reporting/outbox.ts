import { MAX_INGEST_ITEMS } from "@rumkit/protocol";
import { createDropCount, type Losses } from "./dropCount.ts";
import type { ItemQueue } from "./itemQueue.ts";
import { type Destination, postItems, type PostOutcome } from "./postItems.ts";
import type { ClientDropReason, ReportingClient } from "./reportingClient.ts";
import { retryDelay } from "./retryDelay.ts";

/** A day, as pages retry: well within the 72 hours that a collector remembers a key. */
const EXPIRY_MS = 86_400_000;

export interface OutboxOptions {
  readonly queue: ItemQueue;
  readonly destination: Destination;
  readonly flushIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly onProblem: (message: string) => void;
}

/** Sends what the queue holds, one batch at a time and in order, so that a gauge never goes back in time. */
export interface Outbox extends Pick<ReportingClient, "flush" | "close" | "status"> {
  /** Something was added to the queue. */
  wake(): void;
  /** Values are lost. `name` is for the developer's eyes. */
  drop(reason: ClientDropReason, values: number, name?: string): void;
  readonly isClosed: boolean;
}

/** A batch that was sent at least once, or is about to be. */
interface Batch {
  readonly key: string;
  readonly body: string;
  readonly counts: readonly number[];
  /** What the client lost before, told with this batch. */
  readonly losses: Losses | undefined;
  readonly createdAt: number;
  failures: number;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { queue, destination, onProblem } = options;
  const dropped = createDropCount(onProblem);
  const abort = new AbortController();
  let batch: Batch | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** The timer is set for at once: setting it again with each value would put it off for ever. */
  let isUrgent = false;
  let sending: Promise<void> | undefined;
  /** No try before it: milliseconds since 1970. */
  let retryAt = 0;
  /** The collector asked for the pause. */
  let isOrdered = false;
  let delivered = 0;
  let rejected = 0;
  let closing: Promise<number> | undefined;

  const waiting = (): number => sum(batch?.counts ?? []) + queue.values;

  const disarm = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isUrgent = false;
  };

  /** The next try in `ms`, in place of one that is later. It keeps no process alive. */
  const arm = (ms: number): void => {
    disarm();
    timer = setTimeout(() => {
      disarm();
      void send();
    }, ms);
    unref(timer);
  };

  const nextBatch = (): Batch | undefined => {
    const taken = queue.take();
    if (!taken) return undefined;
    const losses = dropped.takeUntold();
    const body = `{"items":[${taken.items}]${losses ? `,"dropped":${JSON.stringify(losses)}` : ""}}`;
    return {
      key: crypto.randomUUID(),
      body,
      counts: taken.counts,
      losses,
      createdAt: Date.now(),
      failures: 0,
    };
  };

  const lose = (lost: Batch, reason: ClientDropReason, detail: string): void => {
    dropped.add(reason, sum(lost.counts), detail);
    dropped.retell(lost.losses);
  };

  const settle = (sent: Batch, outcome: Exclude<PostOutcome, { kind: "retry" }>): void => {
    retryAt = 0;
    isOrdered = false;
    if (outcome.kind === "refused") return lose(sent, "refused", outcome.reason);
    delivered += sum(sent.counts);
    for (const { index, code, message } of outcome.rejected) {
      rejected += sent.counts[index] ?? 1;
      dropped.tell(`rejected:${code}`, `The collector rejects a value: ${message}`);
    }
  };

  const postpone = (failed: Batch, outcome: Extract<PostOutcome, { kind: "retry" }>): void => {
    failed.failures += 1;
    isOrdered = outcome.orderedMs !== undefined;
    // Ordered together, come together: a second of jitter on top.
    const pause = isOrdered ? outcome.orderedMs! + Math.random() * 1_000 : retryDelay(failed.failures);
    retryAt = Date.now() + pause;
    if (Date.now() - failed.createdAt < EXPIRY_MS) return;
    lose(failed, "expired", outcome.reason);
    batch = undefined;
  };

  /** Posts a batch within its time. Edge runtimes have no `AbortSignal.any`. */
  const post = async (posted: Batch): Promise<PostOutcome> => {
    const request = new AbortController();
    const end = (): void => request.abort(abort.signal.reason);
    const timeout = setTimeout(() => {
      request.abort(new DOMException(`no answer within ${options.requestTimeoutMs} ms`, "TimeoutError"));
    }, options.requestTimeoutMs);
    unref(timeout);
    abort.signal.addEventListener("abort", end);
    if (abort.signal.aborted) end();
    try {
      return await postItems(destination, posted, request.signal);
    } finally {
      clearTimeout(timeout);
      abort.signal.removeEventListener("abort", end);
    }
  };

  /** Sends what waits now. What is recorded meanwhile gathers for the next turn. */
  const sendAll = async (): Promise<void> => {
    let left = queue.size;
    for (;;) {
      const before = queue.size;
      batch ??= left > 0 ? nextBatch() : undefined;
      if (!batch) return;
      left -= before - queue.size;
      const outcome = await post(batch);
      if (outcome.kind === "retry") return postpone(batch, outcome);
      settle(batch, outcome);
      batch = undefined;
    }
  };

  /** One turn at a time; then the next one is set, unless we close. */
  const send = (): Promise<void> =>
    (sending ??= sendAll().finally(() => {
      sending = undefined;
      if (!closing) armNext();
    }));

  const armNext = (): void => {
    const pause = retryAt - Date.now();
    if (batch || pause > 0) arm(Math.max(pause, 0));
    else if (queue.size > 0) arm(queue.size >= MAX_INGEST_ITEMS ? 0 : options.flushIntervalMs);
  };

  const flush = async (): Promise<boolean> => {
    // The turn under way may have begun before the last value came.
    await sending;
    if (retryAt > Date.now()) return false;
    disarm();
    await send();
    return batch === undefined && retryAt <= Date.now();
  };

  /** Tries until everything is delivered or the time is up. These pauses hold the process. */
  const close = async (): Promise<number> => {
    disarm();
    const deadline = Date.now() + options.closeTimeoutMs;
    const timeUp = setTimeout(() => abort.abort(), options.closeTimeoutMs);
    await sending;
    // Our own pauses were made for a process that lives on; the collector's are obeyed.
    let pause = isOrdered ? retryAt - Date.now() : 0;
    while (waiting() > 0 && !abort.signal.aborted && Date.now() + pause <= deadline) {
      await wait(Math.max(pause, 0), abort.signal);
      if (!abort.signal.aborted) await send();
      pause = isOrdered ? retryAt - Date.now() : retryDelay(1);
    }
    clearTimeout(timeUp);
    const undelivered = waiting();
    if (undelivered > 0) dropped.add("closed", undelivered, "the collector did not take them in time");
    batch = undefined;
    queue.clear();
    return undelivered;
  };

  return {
    wake: () => {
      if (sending || batch || isUrgent) return;
      if (!timer) arm(options.flushIntervalMs);
      if (queue.size < MAX_INGEST_ITEMS) return;
      arm(0);
      isUrgent = true;
    },
    drop: (reason, values, name) => dropped.add(reason, values, name === undefined ? undefined : `"${name}"`),
    flush: () => (closing ? closing.then((values) => values === 0) : flush()),
    close: () => (closing ??= close()),
    status: () => ({
      waiting: waiting(),
      delivered,
      rejected,
      dropped: dropped.all(),
    }),
    get isClosed() {
      return closing !== undefined;
    },
  };
}

/** Lets the process end before the timer. An edge runtime has numbers for timers, and no process that waits. */
function unref(timer: Partial<NodeJS.Timeout>): void {
  timer.unref?.();
}

/** Ends early with the signal. Not Node's own: the client runs in edge runtimes too. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timeout);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timeout = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

import { MAX_INGEST_ITEMS } from "@rumkit/protocol";
import { createDelivery, type Delivery, type DeliveryOptions, unref } from "./delivery.ts";
import type { ClientDropReason, ClientStatus, ReportingClient } from "./reportingClient.ts";
import { retryDelay } from "./retryDelay.ts";
import { wait } from "./wait.ts";

export interface OutboxOptions extends Omit<DeliveryOptions, "signal"> {
  readonly flushIntervalMs: number;
  readonly closeTimeoutMs: number;
}

/** Sends the values of the queue, one batch at a time and in order, so that a gauge never goes back in time. */
export interface Outbox extends Pick<ReportingClient, "flush" | "close" | "status"> {
  /** Call it after adding to the queue. */
  wake(): void;
  /** Counts lost values. `name` is for the developer's eyes. */
  drop(reason: ClientDropReason, values: number, name?: string): void;
  readonly isClosed: boolean;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const abort = new AbortController();
  const delivery = createDelivery({ ...options, signal: abort.signal });
  const turns = createTurns(delivery, options);
  let closing: Promise<number> | undefined;

  const flush = async (): Promise<boolean> => {
    // The turn under way may have begun before the last value was recorded.
    await turns.current();
    if (delivery.retry().at > performance.now()) return false;
    await turns.send();
    return !delivery.hasBatch() && delivery.retry().at <= performance.now();
  };
  const close = async (): Promise<number> => {
    turns.stop();
    const timeUp = setTimeout(() => abort.abort(), options.closeTimeoutMs);
    const deadline = performance.now() + options.closeTimeoutMs;
    await turns.current();
    await deliverRest(delivery, turns.send, deadline, abort.signal);
    clearTimeout(timeUp);
    const undelivered = delivery.waiting();
    if (undelivered > 0)
      delivery.dropped.add("closed", undelivered, "the collector did not take them in time");
    delivery.clear();
    return undelivered;
  };

  return {
    wake: turns.wake,
    drop: (reason, values, name) =>
      delivery.dropped.add(reason, values, name === undefined ? undefined : `"${name}"`),
    flush: () => (closing ? closing.then((values) => values === 0) : flush()),
    close: () => (closing ??= close()),
    status: () => statusOf(delivery),
    get isClosed() {
      return closing !== undefined;
    },
  };
}

function statusOf({ waiting, answered, dropped }: Delivery): ClientStatus {
  return { waiting: waiting(), ...answered(), dropped: dropped.all() };
}

/** The turns in which values are sent: one at a time, each followed by the next, until they are stopped. */
interface Turns {
  /** Sends the values that wait, unless a turn is under way. */
  send(): Promise<void>;
  /** The turn under way, if any. */
  current(): Promise<void> | undefined;
  /** Call it after adding to the queue. */
  wake(): void;
  /** Sets no further turn. The one under way continues, and `send` still sends. */
  stop(): void;
}

function createTurns(
  delivery: Delivery,
  { queue, flushIntervalMs }: Pick<OutboxOptions, "queue" | "flushIntervalMs">,
): Turns {
  const alarm = createAlarm(() => void send());
  let sending: Promise<void> | undefined;
  let isStopped = false;

  const send = (): Promise<void> => {
    alarm.clear();
    return (sending ??= delivery.sendAll().finally(() => {
      sending = undefined;
      if (!isStopped) setNext();
    }));
  };
  const setNext = (): void => {
    const pause = delivery.retry().at - performance.now();
    if (delivery.hasBatch() || pause > 0) alarm.set(Math.max(pause, 0));
    else if (queue.size() > 0) alarm.set(queue.size() >= MAX_INGEST_ITEMS ? 0 : flushIntervalMs);
  };
  return {
    send,
    current: () => sending,
    wake: () => {
      if (sending || delivery.hasBatch() || alarm.isUrgent) return;
      if (!alarm.isSet) alarm.set(flushIntervalMs);
      if (queue.size() >= MAX_INGEST_ITEMS) alarm.setUrgent();
    },
    stop: () => {
      isStopped = true;
      alarm.clear();
    },
  };
}

/** The timer of the next turn. It does not keep the process alive. */
interface Alarm {
  /** Sets the next turn in `ms`, in place of a later one. */
  set(ms: number): void;
  /** Sets the next turn for at once. Setting it again with each value would delay it forever: see `isUrgent`. */
  setUrgent(): void;
  clear(): void;
  readonly isSet: boolean;
  readonly isUrgent: boolean;
}

function createAlarm(ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let isUrgent = false;
  const clear = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isUrgent = false;
  };
  const set = (ms: number): void => {
    clear();
    timer = setTimeout(() => {
      clear();
      ring();
    }, ms);
    unref(timer);
  };
  return {
    set,
    setUrgent: () => {
      set(0);
      isUrgent = true;
    },
    clear,
    get isSet() {
      return timer !== undefined;
    },
    get isUrgent() {
      return isUrgent;
    },
  };
}

/** Tries until everything is delivered or the time is up. These pauses keep the process alive. */
async function deliverRest(
  delivery: Delivery,
  send: () => Promise<void>,
  deadline: number,
  signal: AbortSignal,
): Promise<void> {
  const orderedPause = (): number => delivery.retry().at - performance.now();
  // The client's own pauses are for a process that continues; only the collector's are obeyed.
  let pause = delivery.retry().isOrdered ? orderedPause() : 0;
  while (delivery.waiting() > 0 && !signal.aborted && performance.now() + pause <= deadline) {
    await wait(Math.max(pause, 0), signal);
    if (!signal.aborted) await send();
    pause = delivery.retry().isOrdered ? orderedPause() : retryDelay(1);
  }
}

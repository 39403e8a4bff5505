import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { LiveReceiver } from "@rumkit/protocol";
import type { Alert, Moment } from "../alerts/alert.ts";
import { backoffMs, pauseMs } from "./backoff.ts";
import { isDue, type QueuedNotice } from "./queuedNotice.ts";
import type { Delivery, Receiver, SendOutcome } from "./receiver.ts";
import type { QueueParts, ReceiverQueue } from "./receiverQueue.ts";

/** Milliseconds after which a notice that fails is a dead letter: after a day, the live page says it better. */
const DEAD_MS = 86_400_000;

/** Milliseconds for which the end of a process waits for an answer. Later the attempt is repeated, with its key. */
const MAX_CLOSE_MS = 3_000;

/** Sends the notices of one receiver, one at a time. Each receiver has its own, so none waits for another. */
export interface ReceiverSender {
  /** Sends what is due, in the background. */
  pump(): void;
  state(): Pick<LiveReceiver, "state" | "lastError">;
  /** Resolves when nothing is on its way, after three seconds at the latest. What waits stays in the queue. */
  close(): Promise<void>;
}

export interface SenderParts extends QueueParts {
  readonly waiting: ReceiverQueue;
  /** The alerts of which the receiver hears again at regular times, if it has a `refresh`. */
  readonly told: () => readonly Alert[];
}

export function createReceiverSender(parts: SenderParts): ReceiverSender {
  const { waiting, now } = parts;
  const health = createHealth();
  const settle = createSettle(parts, health);
  const attempt = createAttempt(parts, settle);
  const refresh = createRefresh(parts, health);
  let running: Promise<void> | undefined;
  let isClosed = false;

  const next = (): QueuedNotice | undefined =>
    isClosed || health.isPaused(now()) ? undefined : waiting.queue.next(now());
  const run = async (): Promise<void> => {
    if (!isClosed && !health.isPaused(now())) await refresh();
    for (let notice = next(); notice; notice = next()) await attempt(notice);
  };
  const pump = (): void => {
    if (running || isClosed) return;
    running = run().finally(() => {
      running = undefined;
      if (next()) pump();
    });
  };
  settleInterrupted(parts, settle);
  return {
    pump,
    state: health.show,
    close: async () => {
      isClosed = true;
      if (!running) return;
      const stalled = wait(MAX_CLOSE_MS, undefined, { ref: false });
      await Promise.race([running, stalled]);
    },
  };
}

/** Returns a function that sends a notice once. */
function createAttempt(
  { receiver, state, waiting }: SenderParts,
  settle: Settle,
): (notice: QueuedNotice) => Promise<void> {
  const { queue, heard } = waiting;
  const save = (): Promise<boolean> => state.write(waiting.changes());
  return async (notice) => {
    const tried = { ...notice, attempts: notice.attempts + 1 };
    queue.sending = notice.episode;
    const begin = async (pending: readonly string[] | undefined): Promise<void> => {
      queue.update({ ...tried, pending, isStarted: true });
      await save();
    };
    if (receiver.isAtMostOnce === true && receiver.isPerRecipient !== true) await begin(tried.pending);
    const { id, episode, body, attempts, pending } = tried;
    const thread = heard.threadOf(episode);
    const delivery = { id, episode, body, attempt: attempts, thread, pending, left: begin };
    const outcome = await trySend(receiver, () => delivery);
    queue.sending = undefined;
    settle(tried, outcome);
    // Before the next one, so that a crash repeats at most one notice.
    await save();
  };
}

/** An attempt that a crash interrupted may have arrived. */
function settleInterrupted({ receiver, waiting, count }: SenderParts, settle: Settle): void {
  for (const notice of waiting.queue.all().filter(({ isStarted }) => isStarted === true)) {
    const reason = "The process ended while it was sent.";
    const { pending = [] } = notice;
    settle(notice, pending.length > 0 ? { kind: "retry", reason, pending } : { kind: "unknown", reason });
    if (pending.length > 0) count(receiver.name, "unknown");
  }
}

/** The state of the receiver itself. */
interface Health {
  lastError: string | null;
  isDisabled: boolean;
  pause(ms: number, now: Moment): void;
  /** True while it is disabled, or its Retry-After lasts. */
  isPaused(now: Moment): boolean;
  show(): Pick<LiveReceiver, "state" | "lastError">;
}

function createHealth(): Health {
  let pause = { retryAt: 0, retryMs: 0 };
  const health: Health = {
    lastError: null,
    isDisabled: false,
    pause: (ms, now) => {
      pause = { retryAt: now + ms, retryMs: ms };
    },
    isPaused: (now) => health.isDisabled || !isDue(pause, now),
    show: () => ({
      state: health.isDisabled ? "disabled" : health.lastError === null ? "ok" : "failing",
      lastError: health.lastError,
    }),
  };
  return health;
}

/** A receiver never throws. If it does, that must not end the process. */
async function trySend(receiver: Receiver, delivery: () => Delivery): Promise<SendOutcome> {
  try {
    return await receiver.send(delivery());
  } catch (error) {
    return { kind: "retry", reason: `The receiver failed: ${String(error).slice(0, 200)}` };
  }
}

/** Draws the consequences of an attempt. */
type Settle = (tried: QueuedNotice, outcome: SendOutcome) => void;

function createSettle(parts: SenderParts, health: Health): Settle {
  const { waiting, now, random, audit, history, count } = parts;
  const { name } = parts.receiver;
  const { queue, bury } = waiting;
  const leave = createLeave(parts);
  const retry = (tried: QueuedNotice, ms: number): void => {
    const { isStarted: _, ...rest } = tried;
    const waits = { ...rest, retryAt: now() + ms, retryMs: ms };
    queue.update(waits);
    history.note(name, waits, "waiting");
  };
  return (tried, outcome) => {
    health.lastError = outcome.kind === "delivered" ? null : outcome.reason;
    if (outcome.kind === "delivered") return leave(tried, "delivered", outcome.thread);
    const pending = "pending" in outcome ? outcome.pending : tried.pending;
    const failed = { ...tried, pending, error: outcome.reason };
    if (outcome.kind === "unknown") return leave(failed, "unknown");
    if (outcome.kind === "refused") return bury(failed, "refused", outcome.reason);
    if (outcome.kind === "disabled") {
      health.isDisabled = true;
      count(name, "disabled");
      const facts = { reason: outcome.reason };
      audit.add({ at: now(), who: "collector", what: "receiver_disabled", about: name, facts });
      return retry(failed, 0);
    }
    if (outcome.afterMs !== undefined) health.pause(pauseMs(outcome.afterMs), now());
    if (now() - tried.since >= DEAD_MS) return bury(failed, "expired", outcome.reason);
    count(name, "retried");
    retry(failed, backoffMs(tried.attempts, random));
  };
}

/** Returns a function that removes a notice from the queue that has arrived, or may have. */
function createLeave({ receiver: { name }, waiting, now, audit, history, count }: SenderParts) {
  return (tried: QueuedNotice, outcome: "delivered" | "unknown", thread?: string): void => {
    waiting.queue.remove(tried);
    waiting.heard.hear(tried, thread);
    history.note(name, tried, outcome);
    count(name, outcome);
    const facts = { notice: tried.id, outcome, attempts: tried.attempts, seconds: (now() - tried.at) / 1000 };
    const what = outcome === "delivered" ? "notice_delivered" : "notice_failed";
    audit.add({ at: now(), who: "collector", what, about: name, facts });
  };
}

/** Returns a function that tells a service again which alerts fire, if that is due. A newer state replaces one that failed. */
function createRefresh({ receiver, told, now }: SenderParts, health: Health): () => Promise<void> {
  const { refresh } = receiver;
  let last: { retryAt: Moment; retryMs: number } | undefined;
  return async () => {
    if (!refresh || (last && !isDue(last, now()))) return;
    const alerts = told();
    if (alerts.length === 0) return;
    last = { retryAt: now() + refresh.everyMs, retryMs: refresh.everyMs };
    const delivery = { id: randomUUID(), episode: "refresh", attempt: 1, thread: undefined };
    const outcome = await trySend(receiver, () => ({ ...delivery, body: refresh.render(alerts) }));
    if (outcome.kind === "retry" && outcome.afterMs !== undefined)
      health.pause(pauseMs(outcome.afterMs), now());
    if (outcome.kind === "disabled") health.isDisabled = true;
    health.lastError = outcome.kind === "delivered" ? null : outcome.reason;
  };
}

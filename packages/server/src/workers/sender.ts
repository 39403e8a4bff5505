import { setTimeout as wait } from "node:timers/promises";
import type { AppFamily } from "../exposition/format.ts";
import { createAppIncrements } from "./appIncrements.ts";
import type { LinkClient } from "./linkClient.ts";
import { createPendingCounts, type PendingCounts } from "./pendingCounts.ts";
import { type Frame, LINK_PATHS } from "./wire.ts";

/** Sends what a worker counts. */
export interface Sender {
  /** A sink of the worker's recorder. */
  readonly listenerOf: PendingCounts["listenerOf"];
  /** Sends what is left, waiting for `waitMs` at most, and says that the worker ends. Never rejects. */
  readonly stop: (waitMs: number) => Promise<void>;
}

export interface SenderOptions {
  readonly client: LinkClient;
  /** Names this process. */
  readonly worker: string;
  /** Sets the gauges of the instruments. */
  readonly show: () => void;
  readonly readAppFamilies: () => Promise<readonly AppFamily[]>;
  /** Called with each failed attempt. */
  readonly onFailure: (error: unknown) => void;
}

/** Milliseconds after a count until it is sent: what a worker may lose that is killed. Live pages have the same pace. */
const SEND_MS = 100;

/** Milliseconds between two frames of a worker that counts nothing: the pace of gauges, and the sign that it runs. */
const BEAT_MS = 1_000;

/** Sends counts a tenth of a second after the first of them, and gauges each second. */
export function createSender(options: SenderOptions): Sender {
  const counts = createPendingCounts(() => void setTimeout(() => void frames.send(false), SEND_MS).unref());
  const frames = createFrames(options, createNextFrame(options, counts));
  let isOver = false;
  const beat = setInterval(() => {
    if (!frames.isSending()) void frames.send(true);
  }, BEAT_MS).unref();
  void frames.send(true);

  const mustSendAgain = (): boolean => frames.hasUnsent() && !isOver;
  const sendAgain = async (): Promise<void> => {
    await wait(SEND_MS, undefined, { ref: false });
    await frames.send(false);
  };
  const sendRest = async (): Promise<void> => {
    // What waits from before, then the last values.
    while (mustSendAgain()) await sendAgain();
    await frames.send(true, true);
    while (mustSendAgain()) await sendAgain();
  };
  return {
    listenerOf: counts.listenerOf,
    stop: async (waitMs) => {
      clearInterval(beat);
      // Referenced: a process that has nothing else to do must not end before its last counts have arrived.
      const timer = new AbortController();
      const late = wait(waitMs, undefined, { signal: timer.signal }).catch(() => {});
      await Promise.race([sendRest(), late]);
      timer.abort();
      isOver = true;
    },
  };
}

type NextFrame = (withStates: boolean) => Promise<Frame>;

/** Returns a function that makes a frame of what was counted since the last one. */
function createNextFrame({ worker, show, readAppFamilies }: SenderOptions, counts: PendingCounts): NextFrame {
  const incrementsOf = createAppIncrements();
  let number = 0;
  return async (withStates) => {
    if (withStates) show();
    const families = withStates ? incrementsOf(await readAppFamilies()) : undefined;
    number += 1;
    return { worker, number, series: counts.take(), gauges: counts.gauges(), ...(families && { families }) };
  };
}

/**
 * Sends frames. One is sent again, unchanged, until the collector has it, and counts once, because the collector knows its
 * number. Meanwhile further counts wait.
 */
function createFrames({ client, onFailure }: SenderOptions, next: NextFrame) {
  const state: { unsent?: Frame | undefined; sending?: Promise<void> | undefined } = {};
  const attempt = async (withStates: boolean, isLast: boolean): Promise<void> => {
    state.unsent ??= await next(withStates);
    if (isLast) state.unsent = { ...state.unsent, isLast };
    await client.post(LINK_PATHS.frame, state.unsent);
    state.unsent = undefined;
  };
  return {
    isSending: () => state.sending !== undefined,
    hasUnsent: () => state.unsent !== undefined,
    /** One frame at a time, so that none overtakes another. */
    send: async (withStates: boolean, isLast = false): Promise<void> => {
      while (state.sending) await state.sending;
      state.sending = attempt(withStates, isLast).catch(onFailure);
      await state.sending;
      state.sending = undefined;
    },
  };
}

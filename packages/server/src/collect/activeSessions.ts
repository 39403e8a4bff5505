import { type Device, type WebVitalRating, webVitals, type WebVitalSpec } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { createSlots, MAX_SESSIONS, NONE } from "./sessionSlots.ts";

/** Milliseconds without a batch after which a session is no longer active. */
export const ACTIVE_MS = 5 * 60_000;

/** Maximum lost batches that one session can add, because a page can number its batches arbitrarily. */
const MAX_LOST = 1_000;

/** A counted batch of a session. */
interface SeenBatch {
  readonly session: string;
  /** The number of the batch in its session. */
  readonly seq: number;
  /** The share of all sessions that report. */
  readonly rate: number;
  /** The worst rating in the batch, if there is one. */
  readonly experience: WebVitalRating | undefined;
}

/** The sessions that sent something lately, and the number of their batches that never arrived. */
export interface ActiveSessions {
  /**
   * Records a counted batch of a session; `seq` is its number in the session. Do not call it for duplicates. `rate` is
   * the share of all sessions that report; default 1. `experience` is the worst rating in the batch, if there is one.
   * `partition` is the one of the log that the session is in; default 0.
   */
  see(session: string, seq: number, rate?: number, experience?: WebVitalRating, partition?: number): void;
  /**
   * Records a batch that another collector counted: its rating is not counted again.
   *
   * @param ageMs Milliseconds since it arrived there.
   */
  recall(batch: SeenBatch, ageMs: number, partition: number): void;
  /** Forgets the sessions of a partition, which another collector counts from now on. */
  leave(partition: number): void;
  /**
   * Returns the device of an active session; undefined if its start was not seen. `said` is what the start says, and is
   * remembered while the session is active. Call it after `see`.
   */
  deviceOf(session: string, said?: Device): Device | undefined;
  /** Forgets silent sessions and returns the number of active ones, scaled by their rates and rounded. */
  count(): number;
}

/** Receives what the sessions show. */
interface SessionListeners {
  /** Called with the number of lost batches of a session that falls silent, if there are any. */
  readonly onLost: (batches: number) => void;
  /** Called when a session first reaches a rating, with the number of sessions that it stands for. */
  readonly onRated: (experience: WebVitalRating, sessions: number) => void;
}

/** Watches sessions while they are active. A session that comes back after five minutes is a new one. */
export function createActiveSessions(
  now: () => number,
  { onLost, onRated }: SessionListeners,
): ActiveSessions {
  const slots = createSlots();
  const active = createWeightedSessions(slots);
  const forgetSilent = (): void => {
    const silentSince = now() - ACTIVE_MS;
    for (let slot = slots.oldest(); slot !== NONE; slot = slots.oldest()) {
      if (slots.at[slot]! > silentSince && slots.size <= MAX_SESSIONS) return;
      const lost = active.free(slot);
      if (lost > 0) onLost(lost);
    }
  };

  return {
    see: (session, seq, rate = 1, experience, partition = 0) => {
      const slot = active.note(session, seq, rate, now(), partition);
      if (experience !== undefined && slots.getsWorse(slot, experience))
        onRated(experience, Math.round(1 / rate));
      if (slots.size > MAX_SESSIONS) forgetSilent();
    },
    recall: ({ session, seq, rate, experience }, ageMs, partition) => {
      const slot = active.note(session, seq, rate, now() - ageMs, partition);
      if (experience !== undefined) slots.getsWorse(slot, experience);
      if (slots.size > MAX_SESSIONS) forgetSilent();
    },
    leave: (partition) => {
      for (const slot of slots.all()) if (slots.partition[slot] === partition) active.free(slot);
    },
    deviceOf: (id, said) => {
      const slot = slots.find(keyOf(id));
      return slot === undefined ? said : slots.deviceOf(slot, said);
    },
    count: () => {
      forgetSilent();
      return Math.round(active.weight());
    },
  };
}

type Slots = ReturnType<typeof createSlots>;

/** The sessions in the slots, and the number of sessions that they stand for. */
function createWeightedSessions(slots: Slots) {
  const { touch, at, lowest, highest, received, weight } = slots;
  let active = 0;
  return {
    weight: (): number => active,
    /** Records a batch. Returns the slot of its session. */
    note: (session: string, seq: number, rate: number, seenAt: number, partition: number): number => {
      const slot = touch(keyOf(session), seq);
      at[slot] = seenAt;
      lowest[slot] = Math.min(lowest[slot]!, seq);
      highest[slot] = Math.max(highest[slot]!, seq);
      received[slot]! += 1;
      active += 1 / rate - weight[slot]!;
      weight[slot] = 1 / rate;
      slots.partition[slot] = partition;
      return slot;
    },
    /** Forgets a session. Returns the number of its lost batches. */
    free: (slot: number): number => {
      slots.free(slot);
      // Without sessions the sum is exactly 0, so rounding errors do not accumulate.
      active = slots.size === 0 ? 0 : active - weight[slot]!;
      return countLost(slots, slot);
    },
  };
}

/**
 * 52 of the 128 random bits, as a number: among 100,000 sessions, two share a key once in a million times. As a number
 * it takes a third of the memory of the string.
 */
function keyOf(id: string): number {
  return Number.parseInt(id.slice(0, 13), 16);
}

/**
 * Counts the missing numbers between the first and the last batch that arrived. Numbers before the first do not count
 * as lost: the collector may have started since, or may have forgotten the session while it was silent.
 */
function countLost({ lowest, highest, received }: Slots, slot: number): number {
  return Math.min(Math.max(highest[slot]! + 1 - lowest[slot]! - received[slot]!, 0), MAX_LOST);
}

/** Returns the worst rating of the vitals among the samples, and of what page views say of the time before them. */
export function experienceIn(samples: readonly Sample[]): WebVitalRating | undefined {
  let worst = -1;
  for (const sample of samples) {
    const rank = rankOf(sample);
    if (rank > worst) worst = rank;
  }
  return EXPERIENCES[worst];
}

/** The place of a sample's rating in `EXPERIENCES`, as the page's client judges it; -1 if it has none. */
function rankOf({ metric, labels, value }: Sample): number {
  switch (metric) {
    case webVitals.LCP.metric:
      return rankIn(webVitals.LCP, value);
    case webVitals.INP.metric:
      return rankIn(webVitals.INP, value);
    case webVitals.CLS.metric:
      return rankIn(webVitals.CLS, value);
    case "rum_page_views_total":
      return (EXPERIENCES as readonly string[]).indexOf(labels["experience"] ?? "");
    default:
      return -1;
  }
}

function rankIn({ good, poor }: WebVitalSpec, value: number): number {
  if (value <= good) return 0;
  return value <= poor ? 1 : 2;
}

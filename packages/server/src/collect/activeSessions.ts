import { type Device, DEVICES, type WebVitalRating, webVitals, type WebVitalSpec } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";

/** Milliseconds without a batch after which a session is no longer active. */
const ACTIVE_MS = 5 * 60_000;

/** Maximum sessions that are tracked. Beyond it, the session that was silent longest is forgotten. */
const MAX_SESSIONS = 100_000;

/** Maximum lost batches that one session can add, because a page can number its batches arbitrarily. */
const MAX_LOST = 1_000;

/** The sessions that sent something lately, and the number of their batches that never arrived. */
export interface ActiveSessions {
  /**
   * Records a counted batch of a session; `seq` is its number in the session. Do not call it for duplicates. `rate` is
   * the share of all sessions that report; default 1. `experience` is the worst rating in the batch, if there is one.
   */
  see(session: string, seq: number, rate?: number, experience?: WebVitalRating): void;
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
  const { touch, getsWorse, at, lowest, highest, received, weight } = slots;
  let active = 0;

  const forgetSilent = (): void => {
    const silentSince = now() - ACTIVE_MS;
    for (let slot = slots.oldest(); slot !== NONE; slot = slots.oldest()) {
      if (at[slot]! > silentSince && slots.size <= MAX_SESSIONS) return;
      slots.free(slot);
      // Without sessions the sum is exactly 0, so rounding errors do not accumulate.
      active = slots.size === 0 ? 0 : active - weight[slot]!;
      const lost = countLost(lowest[slot]!, highest[slot]!, received[slot]!);
      if (lost > 0) onLost(lost);
    }
  };

  return {
    see: (id, seq, rate = 1, experience) => {
      const slot = touch(keyOf(id), seq);
      at[slot] = now();
      lowest[slot] = Math.min(lowest[slot]!, seq);
      highest[slot] = Math.max(highest[slot]!, seq);
      received[slot]! += 1;
      active += 1 / rate - weight[slot]!;
      weight[slot] = 1 / rate;
      if (experience !== undefined && getsWorse(slot, experience)) onRated(experience, Math.round(1 / rate));
      if (slots.size > MAX_SESSIONS) forgetSilent();
    },
    deviceOf: (id, said) => {
      const slot = slots.find(keyOf(id));
      return slot === undefined ? said : slots.deviceOf(slot, said);
    },
    count: () => {
      forgetSilent();
      return Math.round(active);
    },
  };
}

/** No slot: the end of the list of sessions. */
const NONE = 0;

/**
 * The order of the last batches: a list, linked by slots. Moving a key to the end of a `Map` instead makes V8 rebuild
 * the map again and again.
 */
function createOrder({ older, newer }: Columns) {
  const link = (before: number, after: number): void => {
    newer[before] = after;
    older[after] = before;
  };
  const append = (slot: number): void => {
    // The ends of the list are its neighbors: `newer[NONE]` is the oldest session, `older[NONE]` the newest.
    link(older[NONE]!, slot);
    link(slot, NONE);
  };
  const remove = (slot: number): void => link(older[slot]!, newer[slot]!);
  return {
    append,
    remove,
    moveToEnd: (slot: number): void => {
      if (newer[slot] === NONE) return;
      remove(slot);
      append(slot);
    },
    /** The slot of the session that was silent longest; `NONE` without sessions. */
    oldest: (): number => newer[NONE]!,
  };
}

/** The sessions, each with a slot in every column. */
function createSlots() {
  const slots = new Map<number, number>();
  const unused: number[] = [];
  const columns = createColumns();
  const order = createOrder(columns);

  const begin = (id: number, seq: number): number => {
    const slot = unused.pop() ?? slots.size + 1;
    slots.set(id, slot);
    beginColumns(columns, slot, id, seq);
    order.append(slot);
    return slot;
  };
  return {
    ...columns,
    ...createTraits(columns),
    oldest: order.oldest,
    get size() {
      return slots.size;
    },
    find: (id: number): number | undefined => slots.get(id),
    /** Moves a session to the end. A new one gets a slot. */
    touch: (id: number, seq: number): number => {
      const slot = slots.get(id);
      if (slot === undefined) return begin(id, seq);
      order.moveToEnd(slot);
      return slot;
    },
    free: (slot: number): void => {
      slots.delete(columns.key[slot]!);
      order.remove(slot);
      unused.push(slot);
    },
  };
}

/** The rating and the device of each session. */
function createTraits({ worst, device }: Columns) {
  return {
    /** Stores the rating of a session if it is worse than the one before. Returns true then. */
    getsWorse: (slot: number, experience: WebVitalRating): boolean => {
      const rank = EXPERIENCES.indexOf(experience) + 1;
      if (rank <= worst[slot]!) return false;
      worst[slot] = rank;
      return true;
    },
    /** Returns the device of a session, after it is set to the one that a page said. */
    deviceOf: (slot: number, said: Device | undefined): Device | undefined => {
      if (said !== undefined) device[slot] = DEVICES.indexOf(said) + 1;
      return DEVICES[device[slot]! - 1];
    },
  };
}

/** Sets a slot to a session that begins with this batch. */
function beginColumns(columns: Columns, slot: number, id: number, seq: number): void {
  columns.key[slot] = id;
  columns.lowest[slot] = seq;
  columns.highest[slot] = seq;
  columns.received[slot] = 0;
  columns.weight[slot] = 0;
  columns.worst[slot] = 0;
  columns.device[slot] = 0;
}

type Columns = ReturnType<typeof createColumns>;

/** The data of sessions. Arrays of numbers take 54 bytes per session, objects 100. */
function createColumns() {
  // One more than may stay, and `NONE`.
  const length = MAX_SESSIONS + 2;
  return {
    key: new Float64Array(length),
    /** The slots of the neighbors in the list. */
    older: new Uint32Array(length),
    newer: new Uint32Array(length),
    at: new Float64Array(length),
    lowest: new Float64Array(length),
    highest: new Float64Array(length),
    received: new Uint32Array(length),
    /** The number of sessions that each session represents if pages sample. */
    weight: new Float64Array(length),
    /** The worst rating of each: 0 for none, 1 for the first of `EXPERIENCES`. */
    worst: new Uint8Array(length),
    /** The device of each: 0 if its start was not seen, 1 for the first of `DEVICES`. */
    device: new Uint8Array(length),
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
function countLost(lowest: number, highest: number, received: number): number {
  return Math.min(Math.max(highest + 1 - lowest - received, 0), MAX_LOST);
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

import { createRing, type Ring } from "./ring.ts";

/** Maximum resets that are remembered. Older ones are outside of the windows, or the counter is broken. */
const MAX_RESETS = 32;

/** A moment with the sum of all increases up to it. */
interface Point {
  readonly at: number;
  readonly sum: number;
}

/** The increases of some counters together, over time. Times are steady milliseconds. */
export interface Track {
  readonly rings: ReadonlyMap<number, Ring>;
  /** The sum of all increases so far, beginning with the first value. */
  readonly sum: number;
  /** The sum of the counters' values when they were last seen. */
  readonly raw: number;
  readonly lastAt: number;
  /**
   * Adds a sample: the increase since the last one, and the sum of the counters' values.
   *
   * @param before The moment before, if the counters began at 0 after it.
   */
  add(at: number, increase: number, raw: number, before?: number): void;
  /** Goes on from an earlier process: its first moment, its sum, and what its counters were. */
  resume(first: Point, sum: number, raw: number, at: number): void;
  readonly firstPoint: Point;
  /** Bytes of its rings. */
  readonly bytes: number;
  /**
   * Returns the increase in the window from `from` to `to`, both included, or per second; undefined with fewer than two
   * samples. It is the `increase` of Prometheus, which extrapolates where the window goes beyond the samples.
   */
  over(from: number, to: number, slotSeconds: number, perSecond: boolean): number | undefined;
}

/** @param slots Slots of each ring, by the seconds of a slot. */
export function createTrack(slots: ReadonlyMap<number, number>): Track {
  const rings = new Map([...slots].map(([seconds, count]) => [seconds, createRing(seconds * 1000, count)]));
  const samples = createSamples();
  return {
    rings,
    get sum() {
      return samples.last.sum;
    },
    get raw() {
      return samples.raw;
    },
    get lastAt() {
      return samples.last.at;
    },
    bytes: [...rings.values()].reduce((sum, ring) => sum + ring.length * 8, 0),
    get firstPoint() {
      return samples.first;
    },
    add: (at, increase, raw, before) => {
      samples.add(at, increase, raw, before);
      setAll(rings, at, samples.last.sum);
    },
    resume: samples.resume,
    over: (from, to, slotSeconds, perSecond) => {
      const ring = rings.get(slotSeconds)!;
      const span = samples.spanOf(ring, from, to);
      if (!span) return undefined;
      const factor = extrapolation(ring, span);
      return (span.end.sum - span.begin.sum) * (perSecond ? factor / ((to - from) / 1000) : factor);
    },
  };
}

/** The first and the last sample, and what the counters were reset by in between. */
function createSamples() {
  let first: Point = { at: Number.NaN, sum: 0 };
  let last: Point = { at: Number.NaN, sum: 0 };
  let raw = 0;
  const resets = createResets();
  const add: Track["add"] = (at, increase, value, before) => {
    if (Number.isNaN(last.at)) {
      first = before === undefined ? { at, sum: value } : { at: before, sum: 0 };
      last = { at, sum: value };
    } else last = { at, sum: last.sum + increase };
    raw = value;
    resets.note(at, last.sum - raw);
  };
  const resume: Track["resume"] = (point, sum, value, at) => {
    first = point;
    last = { at, sum };
    raw = value;
    resets.note(point.at, sum - raw);
  };
  return {
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    get raw() {
      return raw;
    },
    add,
    resume,
    /** Returns the samples between two moments; undefined with fewer than two. */
    spanOf: (ring: Ring, from: number, to: number): Span | undefined => {
      const begin = firstWithin(ring, from, first, last);
      const end = lastWithin(ring, to, first, last);
      if (!begin || !end || end.at <= begin.at) return undefined;
      return { from, to, begin, end, rawAtBegin: begin.sum - resets.differenceAt(begin.at) };
    },
  };
}

function setAll(rings: Track["rings"], at: number, sum: number): void {
  for (const ring of rings.values()) {
    const slot = Math.floor(at / ring.slotMs);
    if (slot > ring.last) ring.set(slot, sum, Number.NaN);
  }
}

/** The difference between the sum and the counters' values, from each moment on at which it changed. */
function createResets() {
  const resets: { readonly at: number; readonly difference: number }[] = [];
  return {
    note: (at: number, difference: number): void => {
      const known = resets.at(-1)?.difference ?? 0;
      if (Math.abs(difference - known) <= 1e-9 * Math.max(Math.abs(difference), 1)) return;
      resets.push({ at, difference });
      if (resets.length > MAX_RESETS) resets.shift();
    },
    differenceAt: (at: number): number => resets.findLast((reset) => reset.at <= at)?.difference ?? 0,
  };
}

function firstWithin(ring: Ring, from: number, first: Point, last: Point): Point | undefined {
  if (first.at >= from) return first;
  for (let slot = Math.max(Math.ceil(from / ring.slotMs), ring.first); slot <= ring.last; slot += 1) {
    const sum = ring.at(slot);
    if (!Number.isNaN(sum)) return { at: slot * ring.slotMs, sum };
  }
  return last.at >= from ? last : undefined;
}

function lastWithin(ring: Ring, to: number, first: Point, last: Point): Point | undefined {
  if (last.at <= to) return last;
  for (let slot = Math.floor(to / ring.slotMs); slot >= ring.first; slot -= 1) {
    const at = slot * ring.slotMs;
    if (at < first.at) break;
    const sum = ring.at(slot);
    if (!Number.isNaN(sum)) return { at, sum };
  }
  return first.at <= to ? first : undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly begin: Point;
  readonly end: Point;
  readonly rawAtBegin: number;
}

/**
 * The factor by which Prometheus extrapolates an increase (`extrapolatedRate` in promql/functions.go): to the ends of the
 * window if a sample is near, else by half the time between two samples, and never below 0 of the counter.
 */
function extrapolation(ring: Ring, { from, to, begin, end, rawAtBegin }: Span): number {
  const sampled = end.at - begin.at;
  const increase = end.sum - begin.sum;
  const toEnd = Math.max(to - end.at, 0);
  let toStart = Math.max(begin.at - from, 0);
  if (increase > 0 && rawAtBegin >= 0) toStart = Math.min(toStart, sampled * (rawAtBegin / increase));
  if (toStart === 0 && toEnd === 0) return 1;
  // The samples are at least a slot apart, so a shorter way is near, however many samples there are.
  const isNear = toStart < ring.slotMs && toEnd < ring.slotMs;
  const between = isNear ? ring.slotMs : sampled / Math.max(samplesAfter(ring, begin.at, end.at), 1);
  const within = (way: number): number => (way < between * 1.1 ? way : between / 2);
  return (sampled + within(toStart) + within(toEnd)) / sampled;
}

/** Counts the samples after a moment up to another. */
function samplesAfter(ring: Ring, after: number, to: number): number {
  let count = 0;
  const last = Math.floor(to / ring.slotMs);
  for (let slot = Math.floor(after / ring.slotMs) + 1; slot <= last; slot += 1)
    if (!Number.isNaN(ring.at(slot))) count += 1;
  return count;
}

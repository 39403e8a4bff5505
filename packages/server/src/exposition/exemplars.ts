import type { Exemplar } from "../metrics/sample.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { renderNumber } from "./format.ts";

/**
 * Milliseconds until the exemplar of a line may be replaced. A scrape exposes one per line, and scrapes are seconds
 * apart.
 */
const KEEP_MS = 1_000;

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** A trace, and the value that was counted in it. */
export interface KeptExemplar extends Exemplar {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The most recent trace of each counter and each bucket of a histogram. */
export interface Exemplars {
  /** Stores the trace of a sample, if the line's current exemplar is old enough. Never throws. */
  keep(series: Series, value: number, exemplar: Exemplar): void;
  /** Returns the exemplars of a series by bucket, or the one of a counter; undefined without any. */
  of(series: Series): readonly (KeptExemplar | undefined)[] | undefined;
}

/**
 * Keeps exemplars beside the store, so that counting without a trace costs one comparison. Their labels take 63
 * characters of the 128 that OpenMetrics allows.
 */
export function createExemplars(now: () => number): Exemplars {
  const kept = new WeakMap<Series, (KeptExemplar | undefined)[]>();
  return {
    keep: (series, value, exemplar) => {
      const { type, unit } = series.descriptor;
      // Money has no exemplars: it is counted in minor units and exposed in major ones, and exemplars are not
      // converted.
      if (type === "gauge" || unit === "currency") return;
      const { traceId, spanId } = exemplar;
      const slots = kept.get(series) ?? [];
      const slot = bucketOf(series.descriptor.buckets ?? [], value);
      const at = now();
      const last = slots[slot];
      if (last && Math.abs(at - last.at) < KEEP_MS) return;
      if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return;
      slots[slot] = { traceId, spanId, value, at };
      kept.set(series, slots);
    },
    of: (series) => kept.get(series),
  };
}

/** Renders the end of an OpenMetrics line. */
export function renderExemplar({ traceId, spanId, value, at }: KeptExemplar): string {
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${renderNumber(value)} ${at / 1000}`;
}

function bucketOf(edges: readonly number[], value: number): number {
  const index = edges.findIndex((edge) => value <= edge);
  return index < 0 ? edges.length : index;
}

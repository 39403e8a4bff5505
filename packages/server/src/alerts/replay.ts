import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Alert, AlertChange, Moment } from "./alert.ts";
import { createEngine, type EngineOptions } from "./engine.ts";
import { createPastSource, type PastSeries } from "./pastSource.ts";
import { createReadings } from "./readings.ts";
import { rulesOf } from "./rules.ts";

export interface ReplayOptions {
  readonly catalog: Catalog;
  /** All metrics of the collector: `describeMetrics(catalog)`. */
  readonly metrics: readonly MetricDescriptor[];
  /** The series that `seriesToReplay` names, from `leadMs` before `from` on where they reach so far back. */
  readonly series: readonly PastSeries[];
  readonly from: Moment;
  readonly to: Moment;
  /** Milliseconds between two evaluations: the time between two samples, or a multiple of it. */
  readonly stepMs: number;
}

/** An alert that would have fired. */
export interface ReplayedEpisode {
  /** As it was at its end, or at the end of the replay. `value` is the one farthest beyond the threshold. */
  readonly alert: Alert;
  readonly pendingAt: Moment;
  readonly firedAt: Moment;
  /** Undefined: it fires still. */
  readonly endedAt: Moment | undefined;
}

/** The series that a replay reads. */
export interface SeriesToReplay {
  /** Names as Prometheus has them, such as `rum_lcp_seconds_bucket`. With them `up` of the collector's job. */
  readonly names: readonly string[];
  /** Milliseconds before the first evaluation that the longest window reaches back. */
  readonly leadMs: number;
}

/** Returns the series that the rules of a catalog read. */
export function seriesToReplay(catalog: Catalog, metrics: readonly MetricDescriptor[]): SeriesToReplay {
  const readings = createReadings({ watch: () => {} }, metrics);
  rulesOf(readings, catalog);
  const types = new Map(metrics.map(({ name, type }) => [name, type]));
  const names = [...readings.counters.values(), ...readings.gauges.values()].flatMap(({ metric }) =>
    types.get(metric) === "histogram" ? [`${metric}_bucket`, `${metric}_count`] : [metric],
  );
  const seconds = Math.max(0, ...[...readings.counters.values()].map(({ longest }) => longest()));
  return { names: ["up", ...new Set(names)].toSorted(), leadMs: seconds * 1000 };
}

/** Evaluates the rules of a catalog over the past. Returns what would have fired, in the order in which it did. */
export function replay({ catalog, metrics, series, from, to, stepMs }: ReplayOptions): ReplayedEpisode[] {
  const source = createPastSource(withTarget(series, from, to, stepMs), metrics);
  return replayFrom(firstOf(series, from), {
    engine: { catalog, metrics, source },
    source,
    from,
    to,
    stepMs,
  });
}

interface Replay extends Pick<ReplayOptions, "from" | "to" | "stepMs"> {
  readonly engine: Omit<EngineOptions, "steadyNow">;
  readonly source: { moveTo(at: Moment): void };
  /** False for a moment at which no collector ran, so that none evaluated anything. Default: one always ran. */
  readonly ran?: (at: Moment) => boolean;
}

/** @param first The first sample, so that the windows are full when the replay begins. */
export function replayFrom(
  first: Moment,
  { engine: options, source, from, to, stepMs, ran = () => true }: Replay,
): ReplayedEpisode[] {
  let now = first;
  source.moveTo(now);
  const engine = createEngine({ ...options, steadyNow: () => now });
  const episodes = new Map<string, ReplayedEpisode>();
  const pending = new Map<string, Moment>();
  for (; now <= to; now += stepMs) {
    source.moveTo(now);
    engine.sample();
    if (!ran(now)) continue;
    for (const change of engine.evaluate(now)) note(change, episodes, pending);
    for (const alert of engine.current()) keepWorst(episodes, alert);
  }
  return [...episodes.values()].filter(({ endedAt = to }) => endedAt >= from);
}

function note(
  { kind, at, alert }: AlertChange,
  episodes: Map<string, ReplayedEpisode>,
  pending: Map<string, Moment>,
): void {
  if (kind === "pending") pending.set(alert.fingerprint, at);
  const known = episodes.get(alert.episode);
  if (kind === "firing") {
    const pendingAt = pending.get(alert.fingerprint) ?? at;
    episodes.set(alert.episode, { alert, pendingAt, firedAt: at, endedAt: undefined });
  }
  if (kind === "resolved" && known)
    episodes.set(alert.episode, { ...known, alert: { ...alert, value: known.alert.value }, endedAt: at });
}

/** Keeps the value that is farthest beyond the threshold. */
function keepWorst(episodes: Map<string, ReplayedEpisode>, alert: Alert): void {
  const known = episodes.get(alert.episode);
  if (!known) return;
  const [value, worst] = [alert.value, known.alert.value];
  const isWorse =
    value !== null && (worst === null || (alert.side === "above" ? value > worst : value < worst));
  episodes.set(alert.episode, { ...known, alert: { ...alert, value: isWorse ? value : worst } });
}

/** Without a series `up`, the collector counts as one that ran all the time. */
function withTarget(
  series: readonly PastSeries[],
  from: Moment,
  to: Moment,
  stepMs: number,
): readonly PastSeries[] {
  if (series.some(({ name }) => name === "up")) return series;
  const first = firstOf(series, from);
  const samples = Array.from(
    { length: Math.floor((to - first) / stepMs) + 1 },
    (_, index) => [first + index * stepMs, 1] as const,
  );
  return [...series, { name: "up", labels: {}, samples }];
}

function firstOf(series: readonly PastSeries[], from: Moment): Moment {
  return series.reduce((first, { samples }) => Math.min(first, samples[0]?.[0] ?? from), from);
}

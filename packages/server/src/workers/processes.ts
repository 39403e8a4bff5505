import type { AppFamily } from "../exposition/format.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";
import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { type AppTotals, createAppTotals } from "./appTotals.ts";
import { joinValues } from "./processValues.ts";
import type { Frame, GaugeValue } from "./wire.ts";

/** The worker processes of a collector, and what they counted together. */
export interface Processes {
  /** Counts a frame, once, however often it arrives. */
  readonly take: (frame: Frame) => void;
  /** Sets the gauges of all workers in the recorder. */
  readonly show: () => void;
  /** Returns the metrics of the app in the collector's process, joined with those of its workers. */
  readonly joinWith: (own: readonly AppFamily[]) => AppFamily[];
}

/**
 * Milliseconds without a frame after which a worker counts as gone. One that runs sends a frame each second; one that is
 * busy for longer comes back with its next frame.
 */
const GONE_MS = 10_000;

/** Milliseconds for which the number of the last frame of a worker is remembered. */
const REMEMBERED_MS = 3_600_000;

interface Process {
  number: number;
  at: number;
  hasLeft: boolean;
  gauges: Frame["gauges"];
  families: NonNullable<Frame["families"]>;
}

export function createProcesses(
  { record, families }: Pick<Recorder, "record" | "families">,
  now: () => number,
): Processes {
  const processes = new Map<string, Process>();
  const totals = createAppTotals();
  const alive = (): Process[] =>
    [...processes.values()].filter(({ at, hasLeft }) => !hasLeft && now() - at < GONE_MS);
  const showGauges = createGauges(record, families);
  const count = createCount(record);
  return {
    take: (frame) => takeFrame(processes, totals, { frame, at: now(), count }),
    show: () => {
      for (const [worker, { at }] of processes) if (now() - at > REMEMBERED_MS) processes.delete(worker);
      record({ metric: "rum_worker_processes", labels: {}, value: alive().length });
      showGauges(alive().map(({ gauges }) => gauges));
    },
    joinWith: (own) =>
      totals.joinWith(
        own,
        alive().map((process) => process.families),
      ),
  };
}

function takeFrame(
  processes: Map<string, Process>,
  totals: AppTotals,
  {
    frame,
    at,
    count,
  }: { readonly frame: Frame; readonly at: number; readonly count: (frame: Frame) => void },
): void {
  const known = processes.get(frame.worker);
  if (known && frame.number <= known.number) return;
  const { worker, number, gauges, families, isLast = false } = frame;
  processes.set(worker, { number, at, hasLeft: isLast, gauges, families: families ?? known?.families ?? [] });
  count(frame);
  if (families) totals.add(families);
}

function createCount(record: Recorder["record"]): (frame: Frame) => void {
  return ({ series }) => {
    let refused = 0;
    for (const { metric, labels, counted } of series) {
      for (const [value, times] of counted) {
        try {
          record({ metric, labels, value, times });
        } catch {
          // The worker has another catalog: a deployment replaces the processes one by one.
          refused += times;
        }
      }
    }
    if (refused > 0) record({ metric: "rum_worker_samples_refused_total", labels: {}, value: refused });
  };
}

/** Returns a function that records each gauge that some process has; one that is gone from all of them is unknown. */
function createGauges(
  record: Recorder["record"],
  families: Recorder["families"],
): (processes: readonly (readonly GaugeValue[])[]) => void {
  const rules = new Map(
    families
      .map(({ descriptor }) => descriptor)
      .filter(({ type }) => type === "gauge")
      .map(({ name, acrossProcesses = "sum" }) => [name, acrossProcesses]),
  );
  let shown = new Map<string, { readonly metric: string; readonly labels: Labels }>();
  return (processes) => {
    const sent = processes.flat().filter(({ metric }) => rules.has(metric));
    const bySeries = Map.groupBy(sent, ({ metric, labels }) => JSON.stringify([metric, labels]));
    const present = new Map<string, { readonly metric: string; readonly labels: Labels }>();
    for (const [key, same] of bySeries) {
      const { metric, labels } = same[0]!;
      const values = same.map(({ value }) => value ?? Number.NaN);
      record({ metric, labels, value: joinValues(rules.get(metric), values) ?? Number.NaN });
      present.set(key, { metric, labels });
    }
    for (const [key, series] of shown) if (!present.has(key)) record({ ...series, value: Number.NaN });
    shown = present;
  };
}

/** Describes the metrics about worker processes. */
export function describeWorkerMetrics(): MetricDescriptor[] {
  return [
    {
      ...collectorCounter(
        "rum_worker_processes",
        "Worker processes that reported to this collector in the last ten seconds.",
      ),
      type: "gauge",
    },
    collectorCounter(
      "rum_worker_samples_refused_total",
      "Values of worker processes that the catalog of this collector does not describe.",
    ),
  ];
}

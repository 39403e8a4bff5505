import { BATCH_REJECTIONS, type Catalog, INGEST_REJECTIONS } from "@rumkit/protocol";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { ClusterPlace, PartDefinition } from "../part/part.ts";

/** The metrics that a journal keeps about each partition. */
export const POSITION = "rum_log_position_total";
export const REWOUND = "rum_log_rewound_total";
export const LOST = "rum_log_lost_total";

/** The outcome of a message. `dead`: it could not be read. */
const MESSAGE_OUTCOMES = ["counted", "duplicate", "conflict", "refused", "dead"] as const;

export type MessageOutcome = (typeof MESSAGE_OUTCOMES)[number];

/** Reasons for which a message is dead, beside those of a request: it is not a message, or a call without a value. */
const DEAD_REASONS = [
  ...new Set<string>(["unreadable", "bad_call", ...BATCH_REJECTIONS, ...INGEST_REJECTIONS]),
];

/** Describes the metrics of an aggregator. Other collectors read no partition, so they have none of them. */
export const aggregatePart: PartDefinition = {
  describe: (_catalog: Catalog, place?: ClusterPlace) =>
    place?.role === "aggregate" ? [...describePartitions(place.partitions), ...AGGREGATOR_METRICS] : [],
};

function describePartitions(partitions: number): MetricDescriptor[] {
  const numbers = Array.from({ length: partitions }, (_, partition) => String(partition));
  // The journal must find the series of each partition again, whatever the budgets say.
  const perPartition = (name: string, help: string): MetricDescriptor => ({
    ...collectorCounter(name, help),
    labels: ["partition"],
    known: [],
    values: { partition: numbers },
    maxSeries: partitions,
    idleMs: Number.POSITIVE_INFINITY,
  });
  const kept = (name: string, help: string): MetricDescriptor => ({
    ...perPartition(name, help),
    isKeptWithOthers: true,
  });
  return [
    kept(POSITION, "Position in the log up to which the messages of a partition are counted."),
    kept(REWOUND, "Positions that were used again because the log had lost its last messages."),
    kept(LOST, "Positions whose messages the log removed before they were counted."),
    {
      ...perPartition(
        "rum_log_lag_messages",
        "Positions between the end of a partition and what is counted.",
      ),
      type: "gauge",
    },
    {
      ...perPartition("rum_log_lag_seconds", "Age of the message that is counted next; 0 without one."),
      type: "gauge",
      unit: "seconds",
      acrossProcesses: "max",
    },
  ];
}

const AGGREGATOR_METRICS: readonly MetricDescriptor[] = [
  {
    ...collectorCounter("rum_log_partitions_owned", "Partitions that this aggregator counts."),
    type: "gauge",
  },
  collectorCounterBy("rum_log_messages_total", "Messages of the log that were read, by outcome.", {
    outcome: MESSAGE_OUTCOMES,
  }),
  {
    ...collectorCounter("rum_log_dead_total", "Messages that could not be read, by reason."),
    labels: ["reason"],
    known: [],
    values: { reason: DEAD_REASONS },
    maxSeries: DEAD_REASONS.length,
  },
  collectorCounter(
    "rum_log_other_catalog_total",
    "Messages of edges with another catalog: what this catalog declares is counted.",
  ),
  collectorCounter(
    "rum_log_samples_unknown_total",
    "Values of server code in messages that the catalog of this aggregator does not describe.",
  ),
];

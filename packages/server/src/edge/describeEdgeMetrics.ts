import { collectorCounter } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { PartDefinition } from "../part/part.ts";
import type { RefusalReason } from "./publisher.ts";
import type { Skipped } from "./segments.ts";
import type { PublishFailure } from "./sending.ts";
import type { SpoolState } from "./spool.ts";

/** Records, so that a missing reason is a compile error. */
const failures: Record<PublishFailure, true> = {
  gone: true,
  full: true,
  too_large: true,
  refused: true,
  trimmed: true,
  closed: true,
  timeout: true,
  slow: true,
  error: true,
};
const refusals: Record<Exclude<RefusalReason, "locked" | "not_a_spool">, true> = {
  full: true,
  disk_full: true,
  io_error: true,
  behind: true,
  closed: true,
  too_large: true,
  no_partition: true,
};
const damages: Record<Skipped["reason"], true> = { torn: true, damaged: true };

/** The metrics of an edge. Other collectors publish nothing, so they have none of them. */
export const edgePart: PartDefinition = {
  describe: (_catalog, place) => (place?.role === "edge" ? describeEdgeMetrics() : []),
};

function describeEdgeMetrics(): MetricDescriptor[] {
  return [
    collectorCounter(
      "rum_edge_published_total",
      "Messages that the log acknowledged while their sender waited.",
    ),
    collectorCounter(
      "rum_edge_spooled_total",
      "Messages that were synced to the spool, because the log did not take them.",
    ),
    collectorCounter(
      "rum_edge_republished_total",
      "Messages of the spool that the log acknowledged. After a crash some are published a second time, and count once.",
    ),
    collectorCounter(
      "rum_edge_refused_total",
      "Messages that neither log nor spool took, by reason. Unless it is larger than the log allows, or its partition is gone, its sender has to send it again.",
      refusals,
    ),
    collectorCounter(
      "rum_edge_publish_failures_total",
      "Tries to publish that the log did not acknowledge, by reason.",
      failures,
    ),
    collectorCounter(
      "rum_edge_spool_skipped_bytes_total",
      "Bytes of the spool that could not be read: torn by a crash before they were acknowledged, or damaged later.",
      damages,
    ),
    { ...gauge("rum_edge_spool_bytes", "Bytes of the messages in the spool."), unit: "bytes" },
    gauge("rum_edge_spool_messages", "Messages in the spool: accepted, and not in the log yet."),
    {
      ...gauge("rum_edge_spool_oldest_seconds", "Age of the oldest message in the spool; 0 if it is empty."),
      unit: "seconds",
      acrossProcesses: "max",
    },
  ];
}

function gauge(name: string, help: string): MetricDescriptor {
  return { ...collectorCounter(name, help), type: "gauge" };
}

/** Returns the gauges of a spool. `now` is the time in milliseconds since 1970. */
export function spoolSamples({ bytes, messages, oldestAt }: SpoolState, now: number) {
  const age = oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000;
  const gauges = {
    rum_edge_spool_bytes: bytes,
    rum_edge_spool_messages: messages,
    rum_edge_spool_oldest_seconds: age,
  };
  return Object.entries(gauges).map(([metric, value]) => ({ metric, labels: {}, value }));
}

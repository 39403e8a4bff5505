import type { LiveReceiver } from "@rumkit/protocol";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { RecordSample } from "../metrics/sample.ts";

/**
 * `delivered`. `retried`: an attempt failed, and another follows. `refused`, `expired` (24 h), `dropped` (the queue was full):
 * a dead letter. `unknown`: it may have arrived, and is not repeated. `disabled`: the receiver is gone.
 */
export type NoticeOutcome =
  | "delivered"
  | "retried"
  | "refused"
  | "expired"
  | "dropped"
  | "unknown"
  | "disabled";

const OUTCOMES: readonly NoticeOutcome[] = [
  "delivered",
  "retried",
  "refused",
  "expired",
  "dropped",
  "unknown",
  "disabled",
];

/** Maximum receivers of a collector: their series count against its budget, whether they exist or not. */
export const MAX_RECEIVERS = 20;

/** Describes the metrics of notices. They begin with the receivers of the options. */
export function describeNoticeMetrics(): MetricDescriptor[] {
  return [
    {
      ...byReceiver(
        collectorCounterBy(
          "rum_alert_notices_total",
          "Attempts to send a notice of an alert, by outcome; all but delivered and retried ones are final failures.",
          { outcome: OUTCOMES },
        ),
      ),
      labels: ["receiver", "outcome"],
      maxSeries: MAX_RECEIVERS * OUTCOMES.length,
    },
    gauge("rum_alert_notices_waiting", "Notices that wait for their receiver."),
    {
      ...gauge("rum_alert_notices_oldest_seconds", "Age of the oldest notice that waits for its receiver."),
      unit: "seconds",
    },
    gauge(
      "rum_alert_dead_letters",
      "Notices that were not delivered, and are kept until a person sends them again.",
    ),
    gauge(
      "rum_alert_receiver_failing",
      "1 if the last attempt to send to the receiver failed, or the receiver is disabled, else 0.",
    ),
  ];
}

function gauge(name: string, help: string): MetricDescriptor {
  return { ...byReceiver(collectorCounter(name, help)), type: "gauge", acrossProcesses: "max" };
}

function byReceiver(descriptor: MetricDescriptor): MetricDescriptor {
  return { ...descriptor, labels: ["receiver"], known: [], maxSeries: MAX_RECEIVERS };
}

/** Records every outcome of a receiver as 0, so that the first one is an increase. */
export function beginCounts(receivers: readonly string[], record: RecordSample): void {
  for (const receiver of receivers) {
    for (const outcome of OUTCOMES) {
      record({ metric: "rum_alert_notices_total", labels: { receiver, outcome }, value: 0 });
    }
  }
}

export function recordReceiver(receiver: LiveReceiver, record: RecordSample): void {
  const set = (metric: string, value: number): void =>
    record({ metric, labels: { receiver: receiver.name }, value });
  set("rum_alert_notices_waiting", receiver.waiting);
  set("rum_alert_notices_oldest_seconds", receiver.oldestWaitingSeconds);
  set("rum_alert_dead_letters", receiver.deadLetters);
  set("rum_alert_receiver_failing", receiver.state === "ok" ? 0 : 1);
}

import { BATCH_REJECTIONS, type BatchEnvelope, type CollectAnswer, eventRejections } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { DROP_REASONS, EXPERIENCES } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Verdict } from "./judgeBatch.ts";

/**
 * The outcomes of the events of a batch. Each event has one, so that
 *
 *     received = accepted + duplicate + rejected + bot + overload
 *
 * at every moment. A body that is not a batch has no events; it counts as a refused batch.
 */

/** All events of the batch. */
function receivedOf({ accepted, shed, rejectedTimes }: Verdict): number {
  let received = accepted + shed;
  for (const times of rejectedTimes.values()) received += times;
  return received;
}

/** The samples that a counted batch adds to those of its events. A duplicate does not add them. */
export function countedSamples(batch: BatchEnvelope, verdict: Verdict, isBot: boolean): Sample[] {
  const { accepted, scaled, shed } = verdict;
  const samples = [
    one("rum_batches_accepted_total", 1),
    one("rum_events_received_total", receivedOf(verdict)),
  ];
  if (verdict.rejectedTimes.size > 0) samples.push(...rejectedSamples(verdict));
  if (isBot) samples.push(one("rum_events_bot_total", accepted));
  else {
    samples.push(one("rum_events_accepted_total", accepted), one("rum_events_scaled_total", scaled));
  }
  if (shed > 0) samples.push(one("rum_events_overload_total", shed));
  if (batch.dropped) {
    for (const [reason, value] of Object.entries(batch.dropped))
      samples.push({ metric: "rum_events_dropped_total", labels: { reason }, value });
  }
  return samples;
}

/** The samples of a batch that was counted before. */
export function duplicateSamples(verdict: Verdict): Sample[] {
  const received = receivedOf(verdict);
  return [
    one("rum_batches_duplicate_total", 1),
    one("rum_events_received_total", received),
    one("rum_events_duplicate_total", received),
  ];
}

/** The samples of a batch that is refused as a whole after its events were read. */
export function refusedSamples(verdict: Verdict, reason: "id_conflict" | "journal_failed"): Sample[] {
  const received = receivedOf(verdict);
  return [
    one("rum_events_received_total", received),
    { metric: "rum_events_rejected_total", labels: { reason }, value: received },
  ];
}

/** The samples of a batch without an event that can be counted. */
export function invalidSamples(verdict: Verdict): Sample[] {
  return [one("rum_events_received_total", receivedOf(verdict)), ...rejectedSamples(verdict)];
}

/** The samples of a refused request. */
export function refusedRequest(reason: CollectError["code"]): Sample[] {
  return [{ metric: "rum_batches_rejected_total", labels: { reason }, value: 1 }];
}

/** The id is not remembered, so the same batch can be counted after the catalog is corrected. */
export function noValidEvent(verdict: Verdict): CollectError {
  const explained = verdict.rejected.filter(({ message }) => message !== undefined);
  const issues = explained.map(({ index, code, message }) => `events.${index}: ${code}: ${message}`);
  // Each message once: a page prints the message to its console.
  const messages = [...new Set(explained.map(({ message }) => message))].join("\n");
  return new CollectError("no_valid_event", messages || "No event of the batch can be counted.", issues);
}

/**
 * Automated browsers of tests are bots, too. Without this sentence a developer would not know why their events are
 * missing.
 */
export function describeBot(userAgent = ""): string {
  return (
    `Events are counted as a bot's (rum_events_bot_total), because of the User-Agent "${userAgent.slice(0, 200)}". ` +
    'To count test browsers as visitors, give the collector bots: "count".'
  );
}

interface AnswerOptions {
  /** The message about a bot's `User-Agent`, empty in production; undefined for other senders. */
  readonly bot: string | undefined;
  readonly isDuplicate: boolean;
}

/** The answer to a counted batch: by this request, or by an earlier one with the same id. */
export function answerOf(
  { accepted, rejected, shed }: Verdict,
  { bot, isDuplicate }: AnswerOptions,
): CollectAnswer {
  return {
    accepted: bot === undefined ? accepted : 0,
    ...(rejected.length > 0 && { rejected }),
    ...(bot !== undefined && { bot: accepted }),
    ...(bot && { message: bot }),
    ...(shed > 0 && { overload: shed }),
    ...(isDuplicate && { duplicate: true }),
  };
}

function rejectedSamples({ rejectedTimes }: Verdict): Sample[] {
  return [...rejectedTimes].map(([reason, value]) => ({
    metric: "rum_events_rejected_total",
    labels: { reason },
    value,
  }));
}

const NO_LABELS = {};

function one(metric: string, value: number): Sample {
  return { metric, labels: NO_LABELS, value };
}

/** 0.1 ms to 2.5 s: from parsing 2 KB to waiting for a disk. */
const COLLECT_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5];

/** Describes the outcomes of batches and of their events: each has exactly one. */
export function describeBatchMetrics(): MetricDescriptor[] {
  return [
    collectorCounter("rum_batches_accepted_total", "Batches that were counted."),
    collectorCounter(
      "rum_batches_duplicate_total",
      "Batches whose id was counted before; nothing was counted again.",
    ),
    collectorCounterBy("rum_batches_rejected_total", "Requests to /collect that were refused.", {
      reason: BATCH_REJECTIONS,
    }),
    collectorCounter(
      "rum_batches_lost_total",
      "Gaps in the numbers that sessions give their batches: sent, and never received.",
    ),
    collectorCounterBy(
      "rum_sessions_rated_total",
      "Sessions that reached a rating, by their Core Web Vitals.",
      {
        experience: EXPERIENCES,
      },
    ),
    ...describeEvents(),
  ];
}

function describeEvents(): MetricDescriptor[] {
  return [
    collectorCounter(
      "rum_events_received_total",
      "Events in batches that could be read: accepted, duplicate, rejected, bot and overload together.",
    ),
    collectorCounter("rum_events_accepted_total", "Events of pages that were counted."),
    collectorCounter("rum_events_duplicate_total", "Events in batches whose id was counted before."),
    collectorCounter("rum_events_bot_total", "Events of crawlers, which are counted nowhere else."),
    collectorCounter(
      "rum_events_overload_total",
      "Events that were left out because there were more than could be counted.",
    ),
    collectorCounter(
      "rum_events_scaled_total",
      "Events that the accepted ones represent: more than were accepted if pages sample.",
    ),
    collectorCounterBy(
      "rum_events_rejected_total",
      "Events of pages that were refused; the rest of the batch was counted.",
      { reason: [...Object.keys(eventRejections), "id_conflict", "journal_failed"] },
    ),
    collectorCounterBy(
      "rum_events_dropped_total",
      "Events that pages lost before sending them, as they report it.",
      {
        reason: DROP_REASONS,
      },
    ),
  ];
}

/** Describes what answering batches costs. */
export function describeCollectMetrics(): MetricDescriptor[] {
  return [
    { ...collectorCounter("rum_collect_bytes_total", "Bytes of bodies that were read."), unit: "bytes" },
    {
      ...collectorCounter("rum_collect_duration_seconds", "Time to answer a request to /collect."),
      type: "histogram",
      unit: "seconds",
      buckets: COLLECT_BUCKETS,
    },
    {
      ...collectorCounter(
        "rum_overload_level",
        "Events that are left out: 0 none, 1 clicks and the like, 2 all but conversions, money and errors, 3 all.",
      ),
      type: "gauge",
      acrossProcesses: "max",
    },
  ];
}

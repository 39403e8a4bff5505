import { type BatchEnvelope, type CollectAnswer } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import type { Verdict } from "./judgeBatch.ts";
import type { Sample } from "../metrics/sample.ts";

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

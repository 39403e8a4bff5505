import type { BatchEnvelope, CollectAnswer } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import type { Verdict } from "./judgeBatch.ts";
import type { Sample } from "../metrics/sample.ts";

/**
 * What became of the events of a batch. Each has one outcome, so that
 *
 *     received = accepted + duplicate + rejected + bot + overload
 *
 * at every moment. What could not be read as a batch has no events; it is one of the refused batches.
 */

/** Events of the batch, whatever became of them. */
function receivedOf({ accepted, shed, rejectedTimes }: Verdict): number {
  let received = accepted + shed;
  for (const times of rejectedTimes.values()) received += times;
  return received;
}

/** What a batch that is counted says besides its events: kept with them, and never for a duplicate. */
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

/** What is said of a batch that was counted before. */
export function duplicateSamples(verdict: Verdict): Sample[] {
  const received = receivedOf(verdict);
  return [
    one("rum_batches_duplicate_total", 1),
    one("rum_events_received_total", received),
    one("rum_events_duplicate_total", received),
  ];
}

/** What is said of the events of a batch that is refused as a whole after they were read. */
export function refusedSamples(verdict: Verdict, reason: "id_conflict" | "journal_failed"): Sample[] {
  const received = receivedOf(verdict);
  return [
    one("rum_events_received_total", received),
    { metric: "rum_events_rejected_total", labels: { reason }, value: received },
  ];
}

/** What is said of the events of a batch that has none that can be counted. */
export function invalidSamples(verdict: Verdict): Sample[] {
  return [one("rum_events_received_total", receivedOf(verdict)), ...rejectedSamples(verdict)];
}

/** What is said of a request that is refused, whatever it carried. */
export function refusedRequest(reason: CollectError["code"]): Sample[] {
  return [{ metric: "rum_batches_rejected_total", labels: { reason }, value: 1 }];
}

/** The id stays free: once the page's catalog is right, the same batch may come again. */
export function noValidEvent(verdict: Verdict): CollectError {
  const explained = verdict.rejected.filter(({ message }) => message !== undefined);
  const issues = explained.map(({ index, code, message }) => `events.${index}: ${code}: ${message}`);
  // Each sentence once: a page says the message on its console.
  const sentences = [...new Set(explained.map(({ message }) => message))].join("\n");
  return new CollectError("no_valid_event", sentences || "No event of the batch can be counted.", issues);
}

/** Browsers that tests drive are bots too: without this sentence their events are missing for no reason. */
export function describeBot(userAgent = ""): string {
  return (
    `Events are counted as a bot's (rum_events_bot_total), because of the User-Agent "${userAgent.slice(0, 200)}". ` +
    'To count test browsers as visitors, give the collector bots: "count".'
  );
}

interface AnswerOptions {
  /** The sentence about a bot's `User-Agent`, empty in production; undefined for everybody else. */
  readonly bot: string | undefined;
  readonly isDuplicate: boolean;
}

/** The answer to a batch that was counted, now or before. */
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

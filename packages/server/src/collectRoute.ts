import { crc32 } from "node:zlib";
import type { BatchEnvelope, CollectAnswer, RejectedEvent } from "@rumkit/protocol";
import type { Access } from "./access/access.ts";
import { writeKeyOf } from "./access/writeKey.ts";
import type { Count } from "./count.ts";
import type { ActiveSessions } from "./ingest/activeSessions.ts";
import { browserFamily } from "./ingest/browserFamily.ts";
import { CollectError } from "./ingest/collectError.ts";
import type { AnswerRequest, CollectRequest, PlainAnswer } from "./ingest/collectRequest.ts";
import { type CheckOrigin, preflightAnswer, requestOrigin } from "./ingest/corsOrigin.ts";
import { readIdempotencyKey } from "./ingest/idempotencyKey.ts";
import { parseBatch } from "./ingest/parseBatch.ts";
import { readBody } from "./ingest/readBody.ts";
import { judgeBatch, type Verdict } from "./judgeBatch.ts";
import type { ShownEvents } from "./live/tail.ts";
import type { RecordSample, Sample } from "./metrics/sample.ts";
import type { PageVocabulary } from "./vocabulary/pageEvents.ts";

export interface CollectOptions {
  /** The app whose batches are counted. */
  readonly app: string;
  /** Answers say what is wrong with each event: for development. */
  readonly verbose: boolean;
  readonly checkOrigin: CheckOrigin;
  /** Refuses a batch without a write key. Undefined where pages need none. */
  readonly access: Pick<Access, "checkWriteKey"> | undefined;
  readonly translate: PageVocabulary;
  readonly count: Count;
  readonly record: RecordSample;
  readonly sessions: ActiveSessions;
  /** True once the journal is about to close: what is still read is answered with 503. */
  readonly isDraining: () => boolean;
  /** True where an answer means that the batch outlives the process. */
  readonly durable: boolean;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

/** Seconds after which a page may try again while the collector restarts. */
const RETRY_AFTER = "2";

/**
 * `POST /collect`: a batch of a page.
 *
 * The cheap questions come first: method, origin, key, length, coding, then bytes, then JSON, then each event.
 * One bad event costs itself; the rest of its batch is counted. Every answer's code is counted by reason.
 */
export function createCollect(options: CollectOptions): AnswerRequest {
  const { record, checkOrigin } = options;
  return async function collect(request) {
    if (request.method === "OPTIONS") return preflightAnswer(request, checkOrigin);
    const start = performance.now();
    const headers: AnswerHeaders = { ...JSON_HEADERS };
    try {
      checkMethod(request, headers);
      allowOrigin(request, headers, checkOrigin);
      options.access?.checkWriteKey({ key: writeKeyOf(request.url), origin: request.header("origin") });
      const answer = await answerBatch(request, options);
      return { status: options.durable ? 200 : 202, headers, body: JSON.stringify(answer) };
    } catch (error) {
      return refuse(error, headers, options);
    } finally {
      const seconds = (performance.now() - start) / 1000;
      record({ metric: "rum_collect_duration_seconds", labels: {}, value: seconds });
    }
  };
}

type AnswerHeaders = Record<string, string>;

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-store", vary: "Origin" };

async function answerBatch(request: CollectRequest, options: CollectOptions): Promise<CollectAnswer> {
  const { record, count, now } = options;
  refuseWhileDraining(options);
  const idempotencyKey = readIdempotencyKey(request.header("idempotency-key"));
  const body = await readBody(request);
  // Reading may have taken seconds; the journal may be closed by now.
  refuseWhileDraining(options);
  record({ metric: "rum_collect_bytes_total", labels: {}, value: body.length });
  const batch = parseBatch(body);
  if (batch.app !== undefined && batch.app !== options.app) {
    throw new CollectError("unknown_app", `This collector counts the app "${options.app}".`);
  }
  const verdict = judgeBatch(batch, options.translate);
  const { rejected, accepted } = verdict;
  if (accepted === 0) throw noValidEvent(verdict, record);
  const fingerprint = fingerprintOf(body);
  const samples = [...verdict.samples, ...settlement(batch, verdict)];
  const events = withBrowser(verdict.events, request);
  // Of the session alone: two pages that both begin to number at 1 are no conflict.
  const key = idempotencyKey === undefined ? batch.id : JSON.stringify([batch.session, idempotencyKey]);
  const outcome = await count({ key, from: "page", fingerprint, at: now(), samples, events }).catch(
    (error: unknown) => {
      throw new CollectError("journal_failed", "The batch could not be kept. Send it again.", [
        String(error),
      ]);
    },
  );
  if (outcome === "conflict") {
    throw new CollectError("id_conflict", "The id belongs to a batch with another body.");
  }
  if (outcome === "appended") options.sessions.see(batch.session, batch.seq ?? 0);
  else record({ metric: "rum_batches_duplicate_total", labels: {}, value: 1 });
  return {
    accepted,
    ...(rejected.length > 0 && { rejected: options.verbose ? rejected : rejected.map(terse) }),
    ...(outcome === "duplicate" && { duplicate: true }),
  };
}

/** The browser of a page's errors: other events do not need it, and nobody else knows it. */
function withBrowser(events: ShownEvents, request: CollectRequest): ShownEvents {
  if (events.errors === 0) return events;
  const userAgent = request.header("user-agent");
  return {
    ...events,
    describe: () => {
      const browser = browserFamily(userAgent);
      return events
        .describe()
        .map((event) =>
          event.type === "error" ? { ...event, details: { ...event.details, browser } } : event,
        );
    },
  };
}

function refuseWhileDraining({ isDraining }: CollectOptions): void {
  if (isDraining()) throw new CollectError("draining", "The collector is stopping. Send the batch again.");
}

/**
 * Tells a batch that is sent again from another one with its id. Nothing is counted for either, so a checksum
 * does: whoever forges one gets another word for the same.
 */
function fingerprintOf(body: Buffer): string {
  return `${body.length}-${crc32(body)}`;
}

/** What the batch says besides its events: kept and counted with them, and never for a duplicate. */
function settlement(batch: BatchEnvelope, verdict: Verdict): Sample[] {
  const { accepted } = verdict;
  return [
    { metric: "rum_batches_accepted_total", labels: {}, value: 1 },
    { metric: "rum_events_accepted_total", labels: {}, value: accepted },
    { metric: "rum_events_scaled_total", labels: {}, value: accepted / (batch.rate ?? 1) },
    ...rejectedSamples(verdict),
    ...Object.entries(batch.dropped ?? {}).map(([reason, value]) => ({
      metric: "rum_events_dropped_total",
      labels: { reason },
      value,
    })),
  ];
}

function rejectedSamples({ rejectedTimes }: Verdict): Sample[] {
  return [...rejectedTimes].map(([reason, value]) => ({
    metric: "rum_events_rejected_total",
    labels: { reason },
    value,
  }));
}

/** The id stays free: once the page's catalogue is right, the same batch may come again. */
function noValidEvent(verdict: Verdict, record: RecordSample): CollectError {
  for (const sample of rejectedSamples(verdict)) record(sample);
  const issues = verdict.rejected.map(({ index, code, message }) => `events.${index}: ${code}: ${message}`);
  return new CollectError("no_valid_event", "No event of the batch can be counted.", issues);
}

function terse({ index, code }: RejectedEvent): RejectedEvent {
  return { index, code };
}

function checkMethod({ method }: CollectRequest, headers: AnswerHeaders): void {
  if (method === "POST") return;
  headers["allow"] = "POST, OPTIONS";
  throw new CollectError("bad_method", `A batch is sent with POST, not ${method}.`);
}

function allowOrigin(request: CollectRequest, headers: AnswerHeaders, checkOrigin: CheckOrigin): void {
  const named = checkOrigin(requestOrigin(request));
  if (named === undefined) return;
  headers["access-control-allow-origin"] = named;
  // A page obeys it only where it can read it.
  headers["access-control-expose-headers"] = "retry-after";
}

function refuse(error: unknown, headers: AnswerHeaders, { record, verbose }: CollectOptions): PlainAnswer {
  if (!(error instanceof CollectError)) throw error;
  record({ metric: "rum_batches_rejected_total", labels: { reason: error.code }, value: 1 });
  if (error.status === 503) headers["retry-after"] = RETRY_AFTER;
  return { status: error.status, headers, body: JSON.stringify(error.toAnswer({ verbose })) };
}

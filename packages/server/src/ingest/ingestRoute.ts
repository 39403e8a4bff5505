import { type IngestAnswer, type IngestRejection, MAX_INGEST_BYTES } from "@rumkit/protocol";
import { bearerToken } from "../access/credentials.ts";
import type { CheckSecret } from "../access/access.ts";
import type { Count } from "../journal/count.ts";
import { CollectError } from "../http/collectError.ts";
import {
  type AnswerRequest,
  type CollectRequest,
  NO_SNIFFING,
  type PlainAnswer,
  readIdempotencyKey,
} from "../http/collectRequest.ts";
import { type ArrivedItems, countItems, readItems } from "./countItems.ts";
import { type RateLimit, refuseForRate } from "../http/rateLimit.ts";
import { readBody } from "../http/readBody.ts";
import { answerRefusal, keep, refuseWhileDraining } from "../http/refusal.ts";
import type { RecordSample, Sample } from "../metrics/sample.ts";
import type { IngestVocabulary } from "./ingestedSamples.ts";

export interface IngestOptions {
  /** Returns the service of a secret. Undefined if no service has a secret: every request is refused. */
  readonly checkSecret: CheckSecret | undefined;
  /** The limit of all services with a secret together: several may share an address. */
  readonly rateLimit: RateLimit;
  /** The limit of requests without a known secret, by address: they do not use up the limit of services. */
  readonly unknownSenderLimit: RateLimit;
  /** Returns the sender that this limit counts, also behind trusted proxies. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  readonly translate: IngestVocabulary;
  readonly count: Count;
  /** Publishes items instead of counting them. Default none: this collector counts them. */
  readonly publish?: ((arrived: ArrivedItems) => Promise<"appended">) | undefined;
  readonly record: RecordSample;
  /** True if answers explain the fault of a request, for development. */
  readonly verbose: boolean;
  readonly isDraining: () => boolean;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

const HEADERS = { "content-type": "application/json", "cache-control": "no-store", ...NO_SNIFFING };

/**
 * `POST /ingest`: values of other services, by a secret key.
 *
 * Key and rate are checked before the body is read. An invalid item does not affect the others, and the answer gives
 * its index and the reason. With an `Idempotency-Key` a request counts once, however often it is sent.
 */
export function createIngest(options: IngestOptions): AnswerRequest {
  return async function ingest(request) {
    try {
      const secret = bearerToken(request.header("authorization"));
      const service = options.checkSecret?.(secret);
      const wait = takeFrom(service, request, options);
      if (wait > 0) {
        options.record(refusedSample("rate_limited"));
        return refuseForRate(wait, HEADERS);
      }
      if (service === undefined) throw denied(secret, options);
      const answer = await answerItems(request, service, options);
      return { status: 202, headers: HEADERS, body: JSON.stringify(answer) };
    } catch (error) {
      return refuse(error, options);
    }
  };
}

/** Returns the seconds that a sender must wait; 0 if it may continue. */
function takeFrom(
  service: string | undefined,
  request: CollectRequest,
  { rateLimit, unknownSenderLimit, senderOf }: IngestOptions,
): number {
  return service === undefined
    ? unknownSenderLimit.take(senderOf(request), performance.now())
    : rateLimit.take(undefined, performance.now());
}

/** `service` is the name of the sender. */
async function answerItems(
  request: CollectRequest,
  service: string,
  options: IngestOptions,
): Promise<IngestAnswer> {
  refuseWhileDraining(options.isDraining, "items");
  const key = readIdempotencyKey(request.header("idempotency-key"));
  const body = await readBody(request, MAX_INGEST_BYTES);
  refuseWhileDraining(options.isDraining, "items");
  const items = { service, idempotencyKey: key, body };
  const read = readItems(items, options.translate);
  const { accepted, rejected } = read.verdict;
  const outcome = await keep(
    "items",
    () => options.publish?.(items) ?? countItems(read, options.now(), options.count),
  );
  if (outcome === "conflict") {
    throw new CollectError("id_conflict", "The Idempotency-Key belongs to a request with another body.");
  }
  if (outcome === "appended") return { accepted, rejected };
  options.record({ metric: "rum_ingest_requests_duplicate_total", labels: {}, value: 1 });
  return { accepted, rejected, duplicate: true };
}

function denied(secret: string | undefined, { checkSecret, record }: IngestOptions): CollectError {
  record({ metric: "rum_access_denied_total", labels: { scope: "ingest" }, value: 1 });
  return new CollectError("bad_token", checkSecret ? describeSecret(secret) : NO_SECRET);
}

const NO_SECRET =
  "No service has a secret here. Give it one: createCollector({ ingestTokens: [secret] }), or secretKeys in access.";

function describeSecret(secret: string | undefined): string {
  return secret === undefined
    ? 'Send "Authorization: Bearer …" with a secret key of this collector.'
    : "The secret key is not one of this collector's. It may have been revoked.";
}

function refusedSample(reason: IngestRejection): Sample {
  return { metric: "rum_ingest_requests_rejected_total", labels: { reason }, value: 1 };
}

function refuse(error: unknown, { record, verbose }: IngestOptions): PlainAnswer {
  if (!(error instanceof CollectError)) throw error;
  record(refusedSample(error.code as IngestRejection));
  const headers = {
    ...HEADERS,
    ...(error.status === 401 && { "www-authenticate": 'Bearer realm="rumkit"' }),
  };
  return answerRefusal(error, headers, { verbose });
}

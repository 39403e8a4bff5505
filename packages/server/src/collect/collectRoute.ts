import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { writeKeyOf } from "../access/credentials.ts";
import { CollectError } from "../http/collectError.ts";
import {
  type AnswerRequest,
  type CollectRequest,
  NO_SNIFFING,
  type PlainAnswer,
  readIdempotencyKey,
} from "../http/collectRequest.ts";
import { type CheckOrigin, preflightAnswer, readHeaders, refusalHeaders } from "../http/corsOrigin.ts";
import { refuseForRate } from "../http/rateLimit.ts";
import { checkDeclaredLength, readBody } from "../http/readBody.ts";
import { answerRefusal, refuseWhileDraining } from "../http/refusal.ts";
import { answerOf, refusedRequest } from "./batchOutcome.ts";
import type { CollectOptions } from "./collectOptions.ts";
import {
  type ArrivedBatch,
  countEvents,
  noteOutcome,
  parseFor,
  readEvents,
  renderAnswer,
  untilKept,
} from "./countEvents.ts";
import { judgeBatch } from "./judgeBatch.ts";
import type { Overload } from "./overload.ts";

/**
 * `POST /collect`: a batch of a page.
 *
 * The cheap checks come first: method, origin, key, declared length, rate; then the bytes as they arrive, their
 * encoding, JSON, and each event. An invalid event does not affect the rest of its batch. Every answer's code is
 * counted by reason.
 */
export function createCollect(options: CollectOptions): AnswerRequest {
  const { record, checkOrigin } = options;
  const bytes = options.child("rum_collect_bytes_total", NO_LABELS);
  const duration = options.child("rum_collect_duration_seconds", NO_LABELS);
  return async function collect(request) {
    if (request.method === "OPTIONS") return preflightAnswer(request, checkOrigin, options);
    const start = performance.now();
    const headers: AnswerHeaders = { ...JSON_HEADERS };
    try {
      const wait = passGates(request, headers, options, start);
      if (wait > 0) {
        refusedRequest("rate_limited").forEach(record);
        return refuseForRate(wait, headers);
      }
      options.onPath(request.url);
      const idempotencyKey = passLoadGates(request, options);
      const body = await readBody(request);
      refuseWhileDraining(options.isDraining, "batch");
      bytes.add(body.length);
      const batch = arrived(body, idempotencyKey, request, options);
      const read = readEvents(batch, options);
      const counting = options.publish?.(batch, read) ?? countEvents(read, options);
      const outcome = typeof counting === "string" ? counting : await untilKept(counting, read, options);
      if (!options.publish) noteOutcome(outcome, read, options);
      return { status: options.durable ? 200 : 202, headers, body: renderAnswer(read, outcome) };
    } catch (error) {
      if (error instanceof CollectError) {
        refusedRequest(error.code).forEach(record);
        if (error.code === "origin_denied" && request.header("origin") !== undefined)
          options.onDenied(error.message);
      }
      if (options.verbose) Object.assign(headers, refusalHeaders(request));
      return refusal(error, headers, options);
    } finally {
      duration.add((performance.now() - start) / 1000);
    }
  };
}

function arrived(
  body: Buffer,
  idempotencyKey: string | undefined,
  request: CollectRequest,
  { translateOf, senderOf, now }: CollectOptions,
): ArrivedBatch {
  // Only the limits of new names ask for the sender.
  const sender = translateOf && senderOf(request);
  return { body, idempotencyKey, userAgent: request.header("user-agent"), sender, at: now() };
}

/**
 * `POST /collect/validate`: checks a batch without counting it. The same checks run, nothing is counted or remembered,
 * and each fault is explained, also in production. Pass a separate `translate`, because a vocabulary remembers names.
 */
export function createValidate(options: CollectOptions): AnswerRequest {
  return async function validate(request) {
    if (request.method === "OPTIONS") return preflightAnswer(request, options.checkOrigin, options);
    const headers: AnswerHeaders = { ...JSON_HEADERS };
    try {
      const wait = passGates(request, headers, options, performance.now());
      if (wait > 0) return refuseForRate(wait, headers);
      passLoadGates(request, options);
      const body = await readBody(request);
      refuseWhileDraining(options.isDraining, "batch");
      const verdict = judgeBatch(parseFor(options, body, true), options.translate, KEEP_ALL, true);
      const answer = answerOf(verdict, { bot: undefined, isDuplicate: false });
      return { status: 200, headers, body: JSON.stringify(answer) };
    } catch (error) {
      if (options.verbose) Object.assign(headers, refusalHeaders(request));
      return refusal(error, headers, { verbose: true });
    }
  };
}

const KEEP_ALL: Pick<Overload, "sheds"> = { sheds: () => false };

const JSON_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  vary: "Origin",
  ...NO_SNIFFING,
};
const NO_LABELS = {};

function refusal(
  error: unknown,
  headers: AnswerHeaders,
  { verbose }: Pick<CollectOptions, "verbose">,
): PlainAnswer {
  if (!(error instanceof CollectError)) throw error;
  return answerRefusal(error, headers, { verbose });
}

/** The headers of an answer, while it is made. */
type AnswerHeaders = Record<string, string>;

/** Runs the checks that do not need the body. Returns the seconds that a sender must wait. */
function passGates(
  request: CollectRequest,
  headers: AnswerHeaders,
  options: CollectOptions,
  now: number,
): number {
  checkMethod(request, headers);
  allowOrigin(request, headers, options.checkOrigin);
  options.access?.checkWriteKey(writeKeyOf(request.url), options.originOf(request));
  checkDeclaredLength(request, MAX_BATCH_BYTES);
  return options.rateLimit.take(options.senderOf(request), now);
}

/** Refuses a batch that cannot be counted now. Returns its `Idempotency-Key`. */
function passLoadGates(request: CollectRequest, options: CollectOptions): string | undefined {
  refuseWhileDraining(options.isDraining, "batch");
  if (options.overload.level === 3)
    throw new CollectError("overload", "The collector is too busy. Send the batch again.");
  return readIdempotencyKey(request.header("idempotency-key"));
}

function checkMethod({ method }: CollectRequest, headers: AnswerHeaders): void {
  if (method === "POST") return;
  headers["allow"] = "POST, OPTIONS";
  throw new CollectError("bad_method", `A batch is sent with POST, not ${method}.`);
}

function allowOrigin(request: CollectRequest, headers: AnswerHeaders, checkOrigin: CheckOrigin): void {
  const allowed = checkOrigin(request);
  if (allowed === undefined) return;
  // Pages of other origins can read only exposed headers.
  Object.assign(headers, readHeaders(allowed), { "access-control-expose-headers": "retry-after" });
}

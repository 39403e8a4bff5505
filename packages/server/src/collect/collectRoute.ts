import { crc32 } from "node:zlib";
import { type BatchEnvelope, type CollectAnswer, MAX_BATCH_BYTES } from "@rumkit/protocol";
import { writeKeyOf } from "../access/credentials.ts";
import {
  answerOf,
  countedSamples,
  describeBot,
  duplicateSamples,
  invalidSamples,
  noValidEvent,
  refusedRequest,
  refusedSamples,
} from "./batchOutcome.ts";
import { experienceIn } from "./activeSessions.ts";
import { browserFamily } from "./userAgent.ts";
import { CollectError } from "../http/collectError.ts";
import {
  type AnswerRequest,
  type CollectRequest,
  NO_SNIFFING,
  type PlainAnswer,
} from "../http/collectRequest.ts";
import { type CheckOrigin, preflightAnswer, readHeaders, refusalHeaders } from "../http/corsOrigin.ts";
import { readIdempotencyKey } from "../http/idempotencyKey.ts";
import type { Overload } from "./overload.ts";
import { parseBatch } from "./parseBatch.ts";
import { answerRefusal, journalFailed, refuseWhileDraining } from "../http/refusal.ts";
import { checkDeclaredLength, readBody } from "../http/readBody.ts";
import { refuseForRate } from "../http/rateLimit.ts";
import { judgeBatch, type Verdict } from "./judgeBatch.ts";
import { describeAs, NOTHING_SHOWN, type ShownEvents } from "../base/shownEvents.ts";
import type { CollectOptions } from "./collectOptions.ts";

/**
 * `POST /collect`: a batch of a page.
 *
 * The cheap checks come first: method, origin, key, declared length, rate; then the bytes as they arrive, their
 * encoding, JSON, and each event. An invalid event does not affect the rest of its batch. Every answer's code is
 * counted by reason.
 */
export function createCollect(options: CollectOptions): AnswerRequest {
  const { record, checkOrigin } = options;
  return async function collect(request) {
    if (request.method === "OPTIONS") return preflightAnswer(request, checkOrigin, options);
    const start = performance.now();
    const headers: AnswerHeaders = { ...JSON_HEADERS };
    try {
      const wait = passGates(request, headers, options);
      if (wait > 0) {
        refusedRequest("rate_limited").forEach(record);
        return refuseForRate(wait, headers);
      }
      options.onPath(request.url);
      const answer = await answerBatch(request, options);
      return { status: options.durable ? 200 : 202, headers, body: JSON.stringify(answer) };
    } catch (error) {
      if (error instanceof CollectError) {
        refusedRequest(error.code).forEach(record);
        if (error.code === "origin_denied" && request.header("origin") !== undefined)
          options.onDenied(error.message);
      }
      if (options.verbose) Object.assign(headers, refusalHeaders(request));
      return refusal(error, headers, options);
    } finally {
      const seconds = (performance.now() - start) / 1000;
      record({ metric: "rum_collect_duration_seconds", labels: NO_LABELS, value: seconds });
    }
  };
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
      const wait = passGates(request, headers, options);
      if (wait > 0) return refuseForRate(wait, headers);
      const batch = await readBatch(request, { ...options, record: () => {}, verbose: true });
      const verdict = judgeBatch(batch.envelope, options.translate, KEEP_ALL, true);
      const answer = answerOf(verdict, { bot: undefined, isDuplicate: false });
      return { status: 200, headers, body: JSON.stringify(answer) };
    } catch (error) {
      if (options.verbose) Object.assign(headers, refusalHeaders(request));
      return refusal(error, headers, { verbose: true });
    }
  };
}

const KEEP_ALL: Pick<Overload, "sheds"> = { sheds: () => false };

type AnswerHeaders = Record<string, string>;

const JSON_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  vary: "Origin",
  ...NO_SNIFFING,
};
const NO_LABELS = {};

/** Runs the checks that do not need the body. Returns the seconds that a sender must wait. */
function passGates(request: CollectRequest, headers: AnswerHeaders, options: CollectOptions): number {
  checkMethod(request, headers);
  allowOrigin(request, headers, options.checkOrigin);
  options.access?.checkWriteKey(writeKeyOf(request.url), options.originOf(request));
  checkDeclaredLength(request, MAX_BATCH_BYTES);
  return options.rateLimit.take(options.senderOf(request), performance.now());
}

async function answerBatch(request: CollectRequest, options: CollectOptions): Promise<CollectAnswer> {
  const { record, count, now, verbose } = options;
  const { body, envelope: batch, idempotencyKey } = await readBatch(request, options);
  const isBot = options.isBot(request.header("user-agent"));
  const translate = options.translateOf?.(options.senderOf(request)) ?? options.translate;
  const verdict = judgeBatch(batch, translate, options.overload, verbose);
  const bot = isBot ? (verbose ? describeBot(request.header("user-agent")) : "") : undefined;
  if (verbose) for (const message of faultsOf(verdict, bot)) options.onFault(message);
  if (verdict.accepted === 0 && verdict.shed === 0) {
    invalidSamples(verdict).forEach(record);
    throw noValidEvent(verdict);
  }
  const samples = countedSamples(batch, verdict, isBot);
  if (!isBot) for (const sample of verdict.samples) samples.push(sample);
  const events = isBot ? NOTHING_SHOWN : withBrowser(verdict.events, request);
  // The session is part of the key, because every session begins to number at 1.
  const key = idempotencyKey === undefined ? batch.id : JSON.stringify([batch.session, idempotencyKey]);
  const fingerprint = fingerprintOf(body);
  let outcome;
  try {
    outcome = await count({ key, from: "page", fingerprint, at: now(), samples, events });
  } catch (error) {
    refusedSamples(verdict, "journal_failed").forEach(record);
    throw journalFailed("batch", error);
  }
  if (outcome === "conflict") {
    refusedSamples(verdict, "id_conflict").forEach(record);
    throw new CollectError("id_conflict", "The id belongs to a batch with another body.");
  }
  const isDuplicate = outcome === "duplicate";
  if (isDuplicate) duplicateSamples(verdict).forEach(record);
  else if (!isBot) {
    options.sessions.see(batch.session, batch.seq ?? 0, batch.rate, experienceIn(verdict.samples));
    if (batch.release !== undefined) options.onRelease(batch.release);
  }
  return answerOf(verdict, { bot, isDuplicate });
}

function faultsOf({ rejected }: Verdict, bot: string | undefined): string[] {
  return [...rejected.flatMap(({ message }) => message ?? []), ...(bot === undefined ? [] : [bot])];
}

/** A batch whose events are still unread. */
interface UnreadBatch {
  readonly body: Buffer;
  readonly envelope: BatchEnvelope;
  readonly idempotencyKey: string | undefined;
}

async function readBatch(request: CollectRequest, options: CollectOptions): Promise<UnreadBatch> {
  refuseWhileDraining(options.isDraining, "batch");
  if (options.overload.level === 3)
    throw new CollectError("overload", "The collector is too busy. Send the batch again.");
  const idempotencyKey = readIdempotencyKey(request.header("idempotency-key"));
  const body = await readBody(request);
  refuseWhileDraining(options.isDraining, "batch");
  options.record({ metric: "rum_collect_bytes_total", labels: NO_LABELS, value: body.length });
  const envelope = parseBatch(body, options.verbose);
  if (envelope.app && options.app !== undefined && envelope.app !== options.app) {
    throw new CollectError("unknown_app", `This collector counts the app "${options.app}".`);
  }
  return { body, envelope, idempotencyKey };
}

/** Adds the browser to a page's errors: other events do not need it, and only the request has it. */
function withBrowser(events: ShownEvents, request: CollectRequest): ShownEvents {
  if (events.errors === 0) return events;
  const userAgent = request.header("user-agent");
  return describeAs(events, (which) => {
    const browser = browserFamily(userAgent);
    return events
      .describe(which)
      .map((event) =>
        event.type === "error" ? { ...event, details: { ...event.details, browser } } : event,
      );
  });
}

/**
 * Computes a checksum that distinguishes a batch that is sent again from another batch with the same id. Neither is
 * counted, so a forged checksum only changes the code of the answer.
 */
function fingerprintOf(body: Buffer): string {
  // Sixteen hexadecimal digits, which a journal stores unchanged, without hashing them.
  return hexWord(crc32(body)) + hexWord(body.length);
}

/** In two halves, because V8 takes three times as long to print a number above 2^31. */
function hexWord(value: number): string {
  return hexHalf(value >>> 16) + hexHalf(value & 0xff_ff);
}

function hexHalf(value: number): string {
  return value.toString(16).padStart(4, "0");
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

function refusal(
  error: unknown,
  headers: AnswerHeaders,
  { verbose }: Pick<CollectOptions, "verbose">,
): PlainAnswer {
  if (!(error instanceof CollectError)) throw error;
  return answerRefusal(error, headers, { verbose });
}

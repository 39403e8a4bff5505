import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { writeKeyOf } from "../access/credentials.ts";
import { CollectError } from "../http/collectError.ts";
import { type CollectRequest, readIdempotencyKey } from "../http/collectRequest.ts";
import { type CheckOrigin, readHeaders } from "../http/corsOrigin.ts";
import { checkDeclaredLength } from "../http/readBody.ts";
import { refuseWhileDraining } from "../http/refusal.ts";
import type { CollectOptions } from "./collectOptions.ts";

/** The headers of an answer, while it is made. */
export type AnswerHeaders = Record<string, string>;

/** Runs the checks that do not need the body. Returns the seconds that a sender must wait. */
export function passGates(
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
export function passLoadGates(request: CollectRequest, options: CollectOptions): string | undefined {
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

import { type CollectAnswer, eventRejections, MAX_EVENTS, type RejectedEvent } from "@rumkit/protocol";
import { isObject } from "@rumkit/server/internal/base";

/** The end of a batch that was sent. */
export type BatchOutcome =
  /** `attempts` is above 1 if it was sent again. */
  | { readonly kind: "counted"; readonly answer: Partial<CollectAnswer>; readonly attempts: number }
  | { readonly kind: "refused"; readonly why: string }
  /** The collector may have counted it. */
  | { readonly kind: "unanswered" };

/** An answer to a batch, from a collector or from anything in front of it. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly retryAfterS: number;
  readonly body: unknown;
}

/**
 * Status and content type of an answer after which a page does not send a batch again (`@rumkit/browser`). An HTML page
 * comes from a proxy or a login, so it is not final.
 */
const FINAL_ANSWER = /^(2|40[039]|41|422)(?!.*html)/;

export function isFinal({ status, type }: Answer): boolean {
  return FINAL_ANSWER.test(`${status}${type}`);
}

export function outcomeOf(answer: Answer, attempts: number): BatchOutcome {
  if (answer.status >= 300) return refusalOf(answer);
  return { kind: "counted", answer: readAnswer(answer.body), attempts };
}

export function refusalOf(answer: Answer): BatchOutcome {
  return { kind: "refused", why: `${answer.status} ${codeOf(answer) ?? ""}`.trim() };
}

/** Codes are words: the report of a run has a line for each. */
const CODE = /^[a-z_]{1,30}$/;

/** The code by which a collector refuses a request; undefined for answers of others. */
export function codeOf({ body }: Answer): string | undefined {
  const error = isObject(body) ? body["error"] : undefined;
  const code = isObject(error) ? error["code"] : undefined;
  return typeof code === "string" && CODE.test(code) ? code : undefined;
}

/** Reads what a collector says about a batch. Parts of another shape are left out: anything may answer at an address. */
function readAnswer(body: unknown): Partial<CollectAnswer> {
  if (!isObject(body)) return {};
  const { rejected, bot, overload, duplicate } = body;
  return {
    ...(Array.isArray(rejected) && { rejected: rejected.slice(0, MAX_EVENTS).filter(isRejected) }),
    ...(isCount(bot) && { bot }),
    ...(isCount(overload) && { overload }),
    ...(duplicate === true && { duplicate }),
  };
}

function isRejected(value: unknown): value is RejectedEvent {
  if (!isObject(value)) return false;
  const { index, code } = value;
  return isCount(index) && typeof code === "string" && Object.hasOwn(eventRejections, code);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

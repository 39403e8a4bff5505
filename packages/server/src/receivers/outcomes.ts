import type { SendOutcome } from "../notices/receiver.ts";
import { cleanLine } from "./cleanText.ts";
import { readRetryAfter } from "./retryAfter.ts";
import type { SafeAnswer } from "./safeHttp.ts";

/** Maximum characters of an answer that a reason repeats. */
const MAX_QUOTE = 200;

/** The meaning of a status for a notice. */
type Verdict = "delivered" | "retry" | "refused" | "disabled";

/** Statuses with another meaning than in the common table. */
export type StatusRules = Readonly<Record<number, Verdict>>;

/**
 * The meaning of statuses for every service, unless its file has other rules. All 2xx are delivered, all 5xx are tried
 * again, all others are refused: the same request would get the same answer.
 *
 * - 408, 425: the server did not process it (RFC 9110, section 15.5.9; RFC 8470, section 5.2).
 * - 429: too many requests (RFC 6585, section 4). Slack, PagerDuty, Discord, Teams and Twilio send it.
 * - 410: the endpoint is gone for good (Standard Webhooks 1.0.0, "Deliverability and reliability").
 * - 501, 505: the server will not learn it (RFC 9110, sections 15.6.2 and 15.6.6).
 * - 3xx: a redirect could lead into a private network (Standard Webhooks 1.0.0: a failure).
 */
const COMMON: StatusRules = {
  408: "retry",
  410: "disabled",
  425: "retry",
  429: "retry",
  501: "refused",
  505: "refused",
};

/** The outcome of a request by its status. */
export function outcomeOf(answer: SafeAnswer, now: number, rules: StatusRules = {}): SendOutcome {
  if (answer.kind === "failed")
    return { kind: answer.isForbidden ? "refused" : "retry", reason: answer.reason };
  const { status } = answer;
  const verdict = rules[status] ?? COMMON[status] ?? byClass(status);
  if (verdict === "delivered") return { kind: "delivered" };
  const reason = describeAnswer(answer);
  return verdict === "retry" ? retryOf(answer, now, reason) : { kind: verdict, reason };
}

/** A retry that waits as long as the service asks. */
export function retryOf(answer: SafeAnswer, now: number, reason: string): SendOutcome {
  const afterMs = answer.kind === "answer" ? readRetryAfter(answer.retryAfter, now) : undefined;
  return { kind: "retry", reason, ...(afterMs !== undefined && { afterMs }) };
}

/** "It answered 404: no_service". The answer is shortened, and has no control characters. */
export function describeAnswer({ status, text }: Extract<SafeAnswer, { kind: "answer" }>): string {
  if (status >= 300 && status < 400)
    return `It answered ${status}, a redirect, which is not followed. Set the URL that it leads to.`;
  const said = cleanLine(text).slice(0, MAX_QUOTE).toWellFormed();
  return said === "" ? `It answered ${status}.` : `It answered ${status}: ${said}`;
}

function byClass(status: number): Verdict {
  if (status >= 200 && status < 300) return "delivered";
  return status >= 500 ? "retry" : "refused";
}

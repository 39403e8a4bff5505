import { setTimeout as sleep } from "node:timers/promises";
import { readRetryAfter } from "../receivers/retryAfter.ts";
import type { SafeAnswer, SafePost } from "../receivers/safeHttp.ts";
import type { SignWebhook } from "../receivers/signWebhook.ts";
import type { RunAction, RunOutcome } from "./actions.ts";
import type { ActionState } from "./actionState.ts";

/** The peer of an action. */
export interface ActionPeer {
  readonly url: string;
  /** The value of `Authorization`. */
  readonly authorization: string | undefined;
  readonly sign: SignWebhook;
  readonly post: SafePost;
  readonly now: () => number;
  /** Resolves after that many milliseconds, or as soon as `signal` aborts. Default: timers of the process. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const waitForTimer = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

/**
 * Milliseconds before each further attempt. Only a request that surely did not arrive, or that the peer asks to repeat, is
 * sent again: an action must not run twice.
 */
const RETRIES_MS = [2_000, 10_000];

/** Maximum milliseconds that a peer may delay an attempt: an hour later a rollback would surprise. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Creates what sends the request of an action: `POST` of JSON, with the headers of Standard Webhooks. */
export function createActionRun({
  url,
  authorization,
  sign,
  post,
  now,
  wait = waitForTimer,
}: ActionPeer): RunAction {
  const attempt = (action: ActionState, body: string): Promise<SafeAnswer> =>
    post({
      url,
      body,
      headers: {
        "content-type": "application/json",
        ...(authorization !== undefined && { authorization }),
        ...sign(action.id, now(), body),
      },
    });
  return async (action, signal) => {
    const body = renderBody(action);
    let answer = await attempt(action, body);
    for (const delay of RETRIES_MS) {
      const mayRepeat = repeatAfter(answer, delay, now());
      if (mayRepeat === undefined) break;
      await wait(mayRepeat, signal);
      if (signal.aborted) break;
      answer = await attempt(action, body);
    }
    return describe(answer);
  };
}

/** Returns the milliseconds after which the request may be repeated; undefined if it must not be. */
function repeatAfter(answer: SafeAnswer, delay: number, now: number): number | undefined {
  if (answer.kind === "failed") return answer.mayHaveArrived || answer.isForbidden ? undefined : delay;
  if (answer.status !== 429 && answer.status !== 503) return undefined;
  const asked = readRetryAfter(answer.retryAfter, now) ?? 0;
  return Math.min(Math.max(delay, asked), MAX_RETRY_AFTER_MS);
}

function describe(answer: SafeAnswer): RunOutcome {
  if (answer.kind === "answer")
    return { isDone: answer.status >= 200 && answer.status < 300, text: `It answered ${answer.status}.` };
  return {
    isDone: false,
    text: answer.mayHaveArrived ? `${answer.reason} It may have run.` : answer.reason,
  };
}

/** Times are ISO 8601, as in the body of a webhook receiver. */
function renderBody({ id, name, alert, requestedAt, approvals }: ActionState): string {
  const { fingerprint, episode, labels, summary, description, value, threshold, side, unit, links } = alert;
  return JSON.stringify({
    version: 1,
    id,
    action: name,
    requestedAt: new Date(requestedAt).toISOString(),
    approvedBy: approvals.map(({ by }) => by),
    alert: {
      name: alert.name,
      fingerprint,
      episode,
      labels,
      summary,
      description,
      startsAt: new Date(alert.startsAt).toISOString(),
      value,
      threshold,
      side,
      unit,
      release: alert.release ?? null,
      links,
    },
  });
}

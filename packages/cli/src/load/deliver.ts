import type { Batch, CollectAnswer } from "@rumkit/protocol";
import { escapeText, isObject } from "@rumkit/server/internal/base";
import type { LoadClock } from "./plan.ts";
import { readText } from "./readText.ts";
import type { Sender } from "./sender.ts";
import type { BatchOutcome, Tally } from "./tally.ts";

/** The way of batches to a collector. */
export interface Delivery {
  /** The address with the write key. */
  readonly url: string;
  readonly origin: string;
  readonly fetch: typeof fetch;
  readonly clock: LoadClock;
  readonly tally: Tally;
  /** Ends retries. */
  readonly ending: AbortSignal;
  /** Ends open requests. */
  readonly cutting: AbortSignal;
  /** Called for each request: whether the collector answered it. */
  readonly onRequest: (isAnswered: boolean) => void;
}

/**
 * Status and content type of an answer after which a page does not send a batch again (`@rumkit/browser`). An HTML page
 * comes from a proxy or a login, so it is not final.
 */
const FINAL_ANSWER = /^(2|40[039]|41|422)(?!.*html)/;

/** A page tries for a day; a load test has to end. */
const RETRY_FOR_MS = 60_000;

const FIRST_RETRY_MS = 1_000;

/** Milliseconds after which a request counts as not answered. */
const REQUEST_MS = 10_000;

/** Bytes of an answer: 200 rejected events in development have some 60 kB. */
const MOST_BYTES = 1024 * 1024;

/** Sends a batch until the collector has decided, as a page does: each time with the same id and the same bytes. */
export async function deliver(batch: Batch, sender: Sender, delivery: Delivery): Promise<void> {
  const { clock, tally, ending, onRequest } = delivery;
  const body = JSON.stringify(batch);
  const until = clock.now() + RETRY_FOR_MS;
  let isUncertain = false;
  for (let attempts = 1; ; attempts++) {
    const answer = await post(body, sender, delivery);
    onRequest(answer !== undefined);
    if (answer && isFinal(answer)) return tally.settle(batch.events, outcomeOf(answer, attempts));
    // An answer of a proxy says nothing about the collector behind it.
    if (!answer || codeOf(answer) === undefined) isUncertain = true;
    const jitter = FIRST_RETRY_MS * 2 ** (attempts - 1) * Math.random();
    const waitMs = (answer?.retryAfterS ?? 0) * 1_000 + jitter;
    const isTooLate = clock.now() + waitMs > until;
    if (!isTooLate) await clock.sleep(waitMs, ending);
    if (isTooLate || ending.aborted)
      return tally.settle(batch.events, isUncertain ? { kind: "unanswered" } : refusalOf(answer!));
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly retryAfterS: number;
  readonly body: unknown;
}

/** Undefined without an answer. */
async function post(body: string, { userAgent }: Sender, delivery: Delivery): Promise<Answer | undefined> {
  const { url, origin, cutting, tally } = delivery;
  const cut = new AbortController();
  const onCut = (): void => cut.abort();
  const timer = setTimeout(onCut, REQUEST_MS);
  cutting.addEventListener("abort", onCut);
  const start = performance.now();
  try {
    const response = await delivery.fetch(url, {
      method: "POST",
      body,
      headers: { origin, "user-agent": userAgent, "content-type": "text/plain;charset=UTF-8" },
      // Another host was not asked for.
      redirect: "manual",
      signal: cut.signal,
    });
    const text = await readText(response, MOST_BYTES);
    tally.request(response.status, performance.now() - start);
    const { status, headers } = response;
    return {
      status,
      type: headers.get("content-type") ?? "",
      retryAfterS: Number(headers.get("retry-after")) || 0,
      body: readJson(text),
    };
  } catch {
    tally.request(undefined, performance.now() - start);
    return undefined;
  } finally {
    clearTimeout(timer);
    cutting.removeEventListener("abort", onCut);
  }
}

function isFinal({ status, type }: Answer): boolean {
  return FINAL_ANSWER.test(`${status}${type}`);
}

function outcomeOf(answer: Answer, attempts: number): BatchOutcome {
  if (answer.status >= 300) return refusalOf(answer);
  const said: Partial<CollectAnswer> = isObject(answer.body) ? answer.body : {};
  return { kind: "counted", answer: said, attempts };
}

function refusalOf(answer: Answer): BatchOutcome {
  return { kind: "refused", why: `${answer.status} ${codeOf(answer) ?? ""}`.trim() };
}

/** The code by which a collector refuses a request; undefined for answers of others. */
function codeOf({ body }: Answer): string | undefined {
  const error = isObject(body) ? body["error"] : undefined;
  const code = isObject(error) ? error["code"] : undefined;
  return typeof code === "string" ? escapeText(code).slice(0, 40) : undefined;
}

/** Undefined for text that is not JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

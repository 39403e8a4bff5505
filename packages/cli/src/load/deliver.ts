import type { Batch } from "@rumkit/protocol";
import { type Answer, codeOf, isFinal, outcomeOf, refusalOf } from "./outcome.ts";
import type { LoadClock } from "./plan.ts";
import { readText } from "./readText.ts";
import type { Sender } from "./sender.ts";
import type { Tally } from "./tally.ts";

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
      retryAfterS: Math.max(Number(headers.get("retry-after")) || 0, 0),
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

/** Undefined for text that is not JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { CollectError } from "./collectError.ts";
import type { PlainAnswer } from "./collectRequest.ts";

/** Seconds after which a sender may try again while the collector restarts. */
const RETRY_AFTER = "2";

/** The content of a request, as messages name it. */
type Content = "batch" | "items" | "reports";

/** Throws `draining` once the journal is about to close. Call it before and after the body is read, which takes seconds. */
export function refuseWhileDraining(isDraining: () => boolean, content: Content): void {
  if (isDraining())
    throw new CollectError("draining", `The collector is stopping. Send the ${content} again.`);
}

/** Returns the error of a request that the journal could not keep. */
export function journalFailed(content: Content, cause: unknown): CollectError {
  return new CollectError("journal_failed", `The ${content} could not be kept. Send the ${content} again.`, [
    String(cause),
  ]);
}

/** Waits for a journal to keep the content of a request. Throws `journal_failed` if it cannot. */
export async function keep<Outcome>(
  content: Content,
  count: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await count();
  } catch (error) {
    throw journalFailed(content, error);
  }
}

/** Answers a refused request. `headers` are those of its route; issues are explained with `verbose`. */
export function answerRefusal(
  error: CollectError,
  headers: PlainAnswer["headers"],
  options: { readonly verbose: boolean },
): PlainAnswer {
  return {
    status: error.status,
    headers: {
      ...headers,
      "content-type": "application/json",
      ...(error.status === 503 && { "retry-after": RETRY_AFTER }),
    },
    body: JSON.stringify(error.toAnswer(options)),
  };
}

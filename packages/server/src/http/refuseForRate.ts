import type { PlainAnswer } from "./collectRequest.ts";

/** Seconds over which senders that were refused together return. */
const RETRY_SPREAD = 5;

const BODY = JSON.stringify({
  error: {
    code: "rate_limited",
    message: "Too many requests. Send the same again after Retry-After seconds.",
  },
});

/**
 * Answers a request for which a rate limit has no token for `wait` seconds, with `headers` of the route. It is not
 * thrown as an error: a flood of refusals must cost next to nothing.
 */
export function refuseForRate(wait: number, headers: PlainAnswer["headers"]): PlainAnswer {
  return {
    status: 429,
    headers: { ...headers, "content-type": "application/json", "retry-after": retryAfter(wait) },
    body: BODY,
  };
}

/**
 * Returns whole seconds, different ones for each refusal: otherwise senders that were refused together would return
 * together.
 */
function retryAfter(seconds: number): string {
  return String(Math.ceil(seconds + Math.random() * RETRY_SPREAD));
}

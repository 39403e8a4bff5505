import type { PlainAnswer } from "./collectRequest.ts";

/** Seconds over which those who were refused together come back. */
const RETRY_SPREAD = 5;

const BODY = JSON.stringify({
  error: {
    code: "rate_limited",
    message: "Too many requests. Send the same again after Retry-After seconds.",
  },
});

/**
 * The answer to a request for which a rate limit has no token for `wait` seconds, with `headers` of the route.
 * Not an error that is thrown: a flood of them has to cost next to nothing.
 */
export function refuseForRate(wait: number, headers: PlainAnswer["headers"]): PlainAnswer {
  return {
    status: 429,
    headers: { ...headers, "content-type": "application/json", "retry-after": retryAfter(wait) },
    body: BODY,
  };
}

/** Whole seconds, and not the same ones for all: who was refused together would come back together. */
function retryAfter(seconds: number): string {
  return String(Math.ceil(seconds + Math.random() * RETRY_SPREAD));
}

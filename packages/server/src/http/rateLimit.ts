import type { PlainAnswer } from "./collectRequest.ts";

/** A token bucket: its size, and the tokens that it gains each second. */
interface Rate {
  readonly perSecond: number;
  /** Default twice `perSecond`. */
  readonly burst?: number;
}

export interface RateLimitOptions {
  /**
   * The limit of one sender: an IPv4 address or the /64 of an IPv6 address. False for no limit. Default 100 requests
   * a second with bursts of 500: an office of hundreds of people behind one address sends less.
   *
   * Loopback addresses have no limit: if a local proxy is missing in `trustedProxies`, all senders would share one
   * limit.
   */
  readonly perAddress?: Rate | false;
  /**
   * The limit of all senders together. False for no limit. Default 20,000 requests per second with bursts of 40,000:
   * more than one process can answer.
   */
  readonly perApp?: Rate | false;
}

/** Maximum senders of a generation. Two generations are kept, which take about 2 MB. */
const MAX_SENDERS = 10_000;

export const DEFAULT_RATES = {
  perAddress: { perSecond: 100, burst: 500 },
  perApp: { perSecond: 20_000, burst: 40_000 },
} satisfies Record<keyof RateLimitOptions, Rate>;

/** Decides whether a request may be processed. */
export interface RateLimit {
  /**
   * Takes one token of the sender and of the app. Returns 0, or the seconds until the next token. `sender` is
   * undefined if its address is unknown; `now` is in milliseconds.
   */
  take(sender: string | undefined, now: number): number;
}

export function createRateLimit({
  perAddress = DEFAULT_RATES.perAddress,
  perApp = DEFAULT_RATES.perApp,
}: RateLimitOptions): RateLimit {
  const senders = perAddress && createBuckets(perAddress);
  const app = perApp && createBuckets(perApp);
  return {
    take: (sender, now) => {
      const own = senders && sender !== undefined && !isLoopback(sender) ? senders.take(sender, now) : 0;
      return own > 0 || !app ? own : app.take("", now);
    },
  };
}

function isLoopback(sender: string): boolean {
  return sender.startsWith("127.") || sender === "0:0:0:0::/64";
}

/**
 * Buckets by name. Each is one number: the time when it would be full again (the generic cell rate algorithm, ITU-T
 * I.371). A forgotten bucket is full, and a full one can be forgotten.
 */
function createBuckets({ perSecond, burst = 2 * perSecond }: Rate) {
  const interval = 1000 / perSecond;
  const tolerance = burst * interval;
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return {
    take: (name: string, now: number): number => {
      const fullAt = Math.max(young.get(name) ?? old.get(name) ?? now, now) + interval;
      // The clock went back; the bucket must not stay empty until it catches up.
      const wait = Math.min(fullAt - now - tolerance, tolerance);
      if (wait > 1e-6) return wait / 1000;
      if (young.size >= MAX_SENDERS && !young.has(name)) {
        old = young;
        young = new Map();
      }
      young.set(name, fullAt);
      return 0;
    },
  };
}

/** Seconds over which senders that were refused together return. */
const RETRY_SPREAD = 5;

const BODY = JSON.stringify({
  error: {
    code: "rate_limited",
    message: "Too many requests. Send the same again after Retry-After seconds.",
  },
});

/**
 * Answers a request for which a rate limit has no token for `wait` seconds, with the `headers` of the route. Not an
 * error that is thrown, because a flood of refusals must cost very little.
 */
export function refuseForRate(wait: number, headers: PlainAnswer["headers"]): PlainAnswer {
  return {
    status: 429,
    headers: { ...headers, "content-type": "application/json", "retry-after": retryAfter(wait) },
    body: BODY,
  };
}

/** Returns whole seconds, which vary, so that senders that were refused together do not return together. */
function retryAfter(seconds: number): string {
  return String(Math.ceil(seconds + Math.random() * RETRY_SPREAD));
}

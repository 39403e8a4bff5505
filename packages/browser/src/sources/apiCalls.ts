import type { ApiCallEvent } from "@rumkit/protocol";
import { randomId } from "../base/randomId.ts";
import type { Source, SourceContext } from "../contract/source.ts";
import { endpointOf } from "./endpoint.ts";
import { patchFetch } from "./patchFetch.ts";
import { patchXhr } from "./patchXhr.ts";
import { isSampled } from "./sampling.ts";

export interface ApiCallsOptions {
  /**
   * Origins whose requests get the headers `traceparent` and `baggage`, which link the server's spans and revenue to the
   * page: `[location.origin, "https://api.shop.example"]`. Other origins must allow both headers (CORS), as must every
   * origin that a traced URL redirects to, because the browser keeps the headers. Default none: requests stay unchanged.
   */
  traceOrigins?: readonly string[];
}

/** The result of a request. */
export type Outcome = Pick<ApiCallEvent, "failure"> & { status?: number | undefined };

/** A watched request. */
export interface WatchedCall {
  /** Headers to add, by name in lower case. Headers set by the app take precedence. */
  readonly added: Readonly<Record<string, string>>;
  /** Ends the call. Takes a function that reads the outcome, and catches its exceptions. Call it once. */
  readonly end: (readOutcome: () => Outcome) => void;
}

/** Starts to watch a request. Returns undefined if it is not an API call. */
export type BeginCall = (address: string, method: string, headers: Headers) => WatchedCall | undefined;

/** Milliseconds after the start of an exit in which new requests can still be canceled by it. */
const LEAVING_MS = 1_000;

/**
 * Times the page's requests by patching `fetch` and `XMLHttpRequest`. Records method, status and failures, and adds
 * `traceparent` (W3C Trace Context) and `baggage` for the given origins. Not part of the default set.
 */
export const apiCalls =
  ({ traceOrigins = [] }: ApiCallsOptions = {}): Source =>
  (page) => {
    /** Time of the last start of an exit. */
    let left: number;
    for (const type of ["beforeunload", "pagehide"])
      page.on(window, type, () => {
        left = performance.now();
      });

    const begin: BeginCall = (address, method, headers) => {
      const name = endpointOf(page, address, /^(get|head)$/i.test(method));
      if (!name || isPrefetch(headers)) return undefined;
      const start = performance.now();
      const end = page.guard((readOutcome: () => Outcome) => {
        const value = Math.round(performance.now() - start) / 1000;
        const outcome = readOutcome();
        // The browser cancels pending requests when the user leaves. That is not a network failure.
        if (outcome.failure === "network" && left > start - LEAVING_MS) outcome.failure = "abort";
        page.record({
          type: "api_call",
          name,
          value,
          method: method.toUpperCase(),
          ...(outcome as Pick<ApiCallEvent, "status">),
        });
      });
      const isTraced = traceOrigins.includes(new URL(address, document.baseURI).origin);
      return { added: isTraced ? traceHeaders(page) : {}, end };
    };
    const undos = [patchFetch(page.guard, begin)];
    // Not earlier: where `fetch` cannot be replaced, this line is not reached, and `apiTimings` counts the requests.
    page.hooks.seesCalls = true;
    undos.push(...patchXhr(page.guard, begin));
    return () => {
      page.hooks.seesCalls = false;
      for (const undo of undos) undo();
    };
  };

/** Detects prefetches and page data of frameworks and libraries, by headers that only such requests have. */
const isPrefetch = (headers: Headers): boolean => {
  return /^(rsc|next-router-prefetch|x-nextjs-data),|purpose,.*prefetch/im.test(
    Array.from(headers).join("\n"),
  );
};

/** Creates the headers: version 00, 128 random bits, 64 random bits, sampled flag; and the session's worst rating so far. */
const traceHeaders = (page: SourceContext): WatchedCall["added"] => {
  // The session's id decides whether the session is sampled.
  if (page.envelope.rate) page.decide();
  const { id, experience } = page.session();
  const baggage = ["good", "needs_improvement", "poor"][experience as number];
  // Without a session there is no consent yet. With a rate, such a session is flagged as not sampled, which is more likely.
  const flag = (id || !page.envelope.rate) && isSampled(page) ? "01" : "00";
  return {
    traceparent: `00-${randomId()}-${randomId().slice(16)}-${flag}`,
    ...(baggage && { baggage: `rum.experience=${baggage}` }),
  };
};

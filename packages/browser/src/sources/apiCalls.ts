import type { ApiCallEvent } from "@rumkit/protocol";
import { randomId } from "../base/randomId.ts";
import type { Source, SourceContext } from "../contract/source.ts";
import { endpointOf } from "./endpoint.ts";
import { patchFetch } from "./patchFetch.ts";
import { patchXhr } from "./patchXhr.ts";
import { isSampled } from "./sampling.ts";

export interface ApiCallsOptions {
  /**
   * Origins that get `traceparent` and `baggage` with each request, so that the server's spans and revenue know
   * the page's side: `[location.origin, "https://api.shop.example"]`. Another origin has to allow both headers
   * (CORS), and so has every origin that a traced address redirects to: the browser takes the headers along.
   * Default none: without it no request of the app changes.
   */
  traceOrigins?: readonly string[];
}

/** The result of a request. */
export type Outcome = Pick<ApiCallEvent, "failure"> & { status?: number | undefined };

/** A request that is being watched. */
export interface WatchedCall {
  /** Headers to add, by name in lower case. Those that the app has set win. */
  readonly added: Readonly<Record<string, string>>;
  /** Call it once with what reads the outcome; what that throws stays inside. */
  readonly end: (readOutcome: () => Outcome) => void;
}

/** Begins to watch a request; nothing where it is no API call. */
export type BeginCall = (address: string, method: string, headers: Headers) => WatchedCall | undefined;

/** Milliseconds after a page began to leave in which it may still begin requests that are bound to fail. */
const LEAVING_MS = 1_000;

/**
 * Times the page's requests by patching `fetch` and `XMLHttpRequest`: with method, status and failures, and with
 * `traceparent` (W3C Trace Context) and `baggage` for the origins that are named. Not part of the default set.
 */
export const apiCalls =
  ({ traceOrigins = [] }: ApiCallsOptions = {}): Source =>
  (page) => {
    page.hooks.seesCalls = true;
    let pending = 0;
    /** When the page last began to leave. */
    let left = Number.NEGATIVE_INFINITY;
    const leave = (): void => {
      left = performance.now();
    };
    page.on(window, "pagehide", leave);

    const begin: BeginCall = (address, method, headers) => {
      const name = endpointOf(page, address, /^(get|head)$/i.test(method));
      if (!name || isPrefetch(headers)) return undefined;
      const start = performance.now();
      // Firefox ends requests at this event already. A listener for it keeps the page out of the back-forward cache,
      // so there is one only while a request is pending, which does the same (web.dev/articles/bfcache).
      if (!pending++) addEventListener("beforeunload", leave);
      const end = page.guard((readOutcome: () => Outcome) => {
        if (!--pending) removeEventListener("beforeunload", leave);
        const value = Math.round(performance.now() - start) / 1000;
        const outcome = readOutcome();
        // The browser ends what is pending when the user leaves. That is no failure of the network.
        if (outcome.failure === "network" && left > start - LEAVING_MS) outcome.failure = "abort";
        page.record({
          type: "api_call",
          name,
          value,
          method: method.toUpperCase(),
          ...(outcome as Pick<ApiCallEvent, "status">),
        });
      });
      const isTraced = traceOrigins.includes(new URL(address, location.href).origin);
      return { added: isTraced ? traceHeaders(page) : {}, end };
    };
    const undos = [patchFetch(page.guard, begin), ...patchXhr(page.guard, begin)];
    return () => {
      page.hooks.seesCalls = false;
      removeEventListener("beforeunload", leave);
      for (const undo of undos) undo();
    };
  };

/** A page that a framework or library fetches ahead, or as data: by headers that only such requests have. */
const isPrefetch = (headers: Headers): boolean => {
  return /^(rsc|next-router-prefetch|x-nextjs-data),|purpose,.*prefetch/im.test(
    Array.from(headers).join("\n"),
  );
};

/** Version 00, 128 random bits, 64 random bits, whether the session is sampled; and the session's experience so far. */
const traceHeaders = (page: SourceContext): WatchedCall["added"] => {
  // Only the session's id tells whether it is sampled.
  if (page.envelope.rate) page.decide();
  const { id, experience } = page.session();
  const baggage = ["good", "needs_improvement", "poor"][experience as number];
  // With a rate, a session that has not begun is more likely left out: there is no consent yet.
  const flag = (id || !page.envelope.rate) && isSampled(page) ? "01" : "00";
  return {
    traceparent: `00-${randomId()}-${randomId().slice(16)}-${flag}`,
    ...(baggage && { baggage: `rum.experience=${baggage}` }),
  };
};

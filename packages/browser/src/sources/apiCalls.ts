import type { ApiCallEvent } from "@rumkit/protocol";
import { randomId } from "../delivery/randomId.ts";
import type { Source, SourceContext } from "../source.ts";
import { endpointOf } from "./endpoint.ts";
import { patch } from "./patch.ts";

export interface ApiCallsOptions {
  /**
   * Origins that get `traceparent` and `baggage` with each request, so that the server's spans and revenue know
   * the page's side: `["https://api.shop.example"]`. Another origin has to allow both headers (CORS). Default
   * the page's own origin; `[]` for none.
   */
  traceOrigins?: readonly string[];
}

type Headers_ = Readonly<Record<string, string>>;

/** What a request came to. */
type Outcome = Pick<ApiCallEvent, "status" | "failure">;

/**
 * Times the page's requests by patching `fetch` and `XMLHttpRequest`: with method, status and failures, and with
 * `traceparent` (W3C Trace Context) and `baggage` for the origins that are named. Not part of the default set.
 */
export function apiCalls({ traceOrigins = [globalThis.location?.origin] }: ApiCallsOptions = {}): Source {
  return (page) => {
    page.hooks.seesCalls = true;
    const begin = (address: string, method: string): [Headers_, (outcome: Outcome) => void] | undefined => {
      const name = endpointOf(page, address);
      if (!name) return undefined;
      const start = performance.now();
      const isTraced = traceOrigins.includes(new URL(address, location.href).origin);
      const end = page.guard((outcome: Outcome) => {
        const value = Math.round(performance.now() - start) / 1000;
        page.record({ type: "api_call", name, value, method: method.toUpperCase(), ...outcome });
      });
      return [isTraced ? traceHeaders(page) : {}, end];
    };
    const undos = [patchFetch(begin), ...patchXhr(begin)];
    return () => {
      page.hooks.seesCalls = false;
      for (const undo of undos) undo();
    };
  };
}

type Begin = (address: string, method: string) => [Headers_, (outcome: Outcome) => void] | undefined;

/** Version 00, 128 random bits, 64 random bits, sampled; and what the user lived through so far. */
function traceHeaders(page: SourceContext): Headers_ {
  const experience = ["good", "needs_improvement", "poor"][page.session()["experience"] as number];
  return {
    traceparent: `00-${randomId()}-${randomId().slice(16)}-01`,
    ...(experience && { baggage: `rum.experience=${experience}` }),
  };
}

function patchFetch(begin: Begin): () => void {
  return patch(window, "fetch", (original) => async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const address = input instanceof Request ? input.url : input.toString();
    const call = begin(address, init?.method ?? request?.method ?? "GET");
    if (!call) return original.call(window, input, init);
    const [added, end] = call;
    try {
      const response = await original.call(window, input, withHeaders(added, request, init));
      end({ status: response.status });
      return response;
    } catch (error) {
      const name = (error as Error | undefined)?.name;
      end({ failure: name === "AbortError" ? "abort" : name === "TimeoutError" ? "timeout" : "network" });
      throw error;
    }
  });
}

/** The same with headers that the call does not have. Untouched where there are none. */
function withHeaders(
  added: Headers_,
  request: Request | undefined,
  init: RequestInit | undefined,
): RequestInit | undefined {
  const names = Object.keys(added);
  if (names.length === 0) return init;
  const headers = new Headers(init?.headers ?? request?.headers);
  for (const name of names) if (!headers.has(name)) headers.set(name, added[name]!);
  // Any init takes the referrer from a Request (Fetch standard).
  const { referrer, referrerPolicy } = request ?? {};
  return { ...(request && { referrer, referrerPolicy }), ...init, headers } as RequestInit;
}

interface OpenedRequest {
  readonly method: string;
  readonly url: string;
  /** Headers that the app has set, in lower case. */
  readonly headers: Set<string>;
}

const opened = new WeakMap<XMLHttpRequest, OpenedRequest>();

function patchXhr(begin: Begin): (() => void)[] {
  const prototype = XMLHttpRequest.prototype;
  return [
    patch(
      prototype,
      "open",
      (original) =>
        function (this: XMLHttpRequest, ...args: unknown[]) {
          opened.set(this, { method: String(args[0]), url: String(args[1]), headers: new Set() });
          return (original as (...same: unknown[]) => void).apply(this, args);
        },
    ),
    patch(
      prototype,
      "setRequestHeader",
      (original) =>
        function (this: XMLHttpRequest, name: string, value: string) {
          opened.get(this)?.headers.add(name.toLowerCase());
          original.call(this, name, value);
        },
    ),
    patch(
      prototype,
      "send",
      (original) =>
        function (this: XMLHttpRequest, body?: Document | XMLHttpRequestBodyInit | null) {
          const request = opened.get(this);
          const call = request && begin(request.url, request.method);
          if (call) watchXhr(this, request.headers, ...call);
          return original.call(this, body);
        },
    ),
  ];
}

/** Until the request is over: an object may be used for another. */
function watchXhr(
  request: XMLHttpRequest,
  present: ReadonlySet<string>,
  added: Headers_,
  end: (outcome: Outcome) => void,
): void {
  for (const name in added) if (!present.has(name)) request.setRequestHeader(name, added[name]!);
  const over = new AbortController();
  const finish = (type: string, outcome: () => Outcome): void =>
    request.addEventListener(
      type,
      () => {
        over.abort();
        end(outcome());
      },
      { signal: over.signal },
    );
  finish("load", () => ({ status: request.status }));
  finish("error", () => ({ failure: "network" }));
  finish("abort", () => ({ failure: "abort" }));
  finish("timeout", () => ({ failure: "timeout" }));
}

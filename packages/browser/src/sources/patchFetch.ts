import type { SourceContext } from "../contract/source.ts";
import type { BeginCall, Outcome, WatchedCall } from "./apiCalls.ts";
import { patch } from "./patch.ts";

/** A `Request` of any realm, subclass or polyfill. A `URL` has only `href` of them, and a string has none. */
type RequestLike = Partial<Request> & { readonly href?: string };

type FetchArguments = Parameters<typeof fetch>;

/**
 * Watches `fetch`. Arguments, `this`, result and rejection stay unchanged: a call that is not traced gets the same
 * arguments, and a call with unreadable arguments is forwarded unwatched.
 */
export const patchFetch = (guard: SourceContext["guard"], begin: BeginCall): (() => void) => {
  const beginFetch = guard((args: FetchArguments): [FetchArguments, WatchedCall["end"]] | undefined => {
    const [input, init, ...rest] = args;
    const request = Object(input) as RequestLike;
    const address = typeof input === "string" ? input : (request.url ?? request.href);
    if (typeof address !== "string") return undefined;
    const given = init?.headers ?? request.headers ?? {};
    // An iterator can be read only once, so it is left to the request.
    const headers = new Headers("next" in given ? {} : given);
    const call = begin(address, init?.method ?? request.method ?? "GET", headers);
    if (!call) return undefined;
    const { added, end } = call;
    // An instance of a class stays unchanged, because a copy would lose its inherited properties.
    const isTraced = added["traceparent"] && (!init || init.constructor === Object);
    return [isTraced ? [input, withHeaders(added, init, request), ...rest] : args, end];
  });

  return patch(
    window,
    "fetch",
    (original) =>
      function (this: typeof globalThis, ...args: FetchArguments) {
        const [changed, end] = beginFetch(args) ?? [args];
        let answer: ReturnType<typeof fetch>;
        try {
          answer = original.apply(this, changed);
        } catch (error) {
          // The browser's `fetch` never throws, but the wrapper of a library may.
          end?.(() => ({ failure: failureOf(error, args) }));
          throw error;
        }
        return end ? watchAnswer(answer, end, args) : answer;
      },
  );
};

/** Returns the init with the added headers that the call lacks. */
function withHeaders(
  added: WatchedCall["added"],
  init: RequestInit | undefined,
  { url, headers: own, referrer, referrerPolicy }: RequestLike,
): RequestInit {
  const headers = new Headers(init?.headers ?? own);
  for (const name of Object.keys(added)) if (!headers.has(name)) headers.set(name, added[name]!);
  // Passing an init resets the referrer of a Request (Fetch standard).
  return { ...(url && { referrer, referrerPolicy }), ...init, headers };
}

/** Ends the call when the promise settles, and returns a promise that behaves like the original. */
function watchAnswer<Answer extends Promise<Response>>(
  answer: Answer,
  end: WatchedCall["end"],
  args: FetchArguments,
): Answer {
  const succeed = (response: Response): Response => {
    end(() => ({ status: response.status || undefined }));
    return response;
  };
  const fail = (error: unknown): void => end(() => ({ failure: failureOf(error, args) }));
  if (!(answer instanceof Promise)) {
    // A thenable of another realm or library may have more members than `then`.
    (answer as Answer | undefined)?.then?.(succeed, fail);
    return answer;
  }
  // Returns a new promise. The original would count as handled, and a `catch` that the app forgot would go unnoticed.
  const watched = answer.then(succeed, (error: unknown) => {
    fail(error);
    throw error;
  }) as Answer;
  // Some libraries add members to their promises, such as `abort`.
  for (const key of Object.keys(answer) as (keyof Answer)[])
    if (!(key in watched)) watched[key] = answer[key];
  return watched;
}

const failureOf = (error: unknown, [input, init]: FetchArguments): NonNullable<Outcome["failure"]> => {
  const { name } = Object(error) as Error;
  if (name === "TimeoutError") return "timeout";
  // An app may abort with a custom reason, which then is the error.
  const { signal = (input as Partial<Request>).signal } = init ?? {};
  return name === "AbortError" || signal?.aborted ? "abort" : "network";
};

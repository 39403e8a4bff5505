import type { SourceContext } from "../contract/source.ts";
import type { BeginCall, Outcome, WatchedCall } from "./apiCalls.ts";
import { patch } from "./patch.ts";

/** A `Request` of any realm, subclass or polyfill; of a `URL` it has `href`, of a string nothing. */
type RequestLike = Partial<Request> & { readonly href?: string };

type FetchArguments = Parameters<typeof fetch>;

/**
 * Watches `fetch`. Arguments, `this`, result and rejection stay what they are: a call that is not traced gets the
 * very arguments, and one that cannot be read is passed on unwatched.
 */
export const patchFetch = (guard: SourceContext["guard"], begin: BeginCall): (() => void) => {
  const beginFetch = guard((args: FetchArguments): [FetchArguments, WatchedCall["end"]] | undefined => {
    const [input, init, ...rest] = args;
    const request = Object(input) as RequestLike;
    const address = typeof input === "string" ? input : (request.url ?? request.href);
    if (typeof address !== "string") return undefined;
    const given = init?.headers ?? request.headers ?? {};
    // An iterator can be read only once, and the request needs it.
    const headers = new Headers("next" in given ? {} : given);
    const call = begin(address, init?.method ?? request.method ?? "GET", headers);
    if (!call) return undefined;
    const { added, end } = call;
    // What an instance of a class inherits could not be copied: it stays as it is.
    const isTraced = added["traceparent"] && (!init || init.constructor === Object);
    return [isTraced ? [input, withHeaders(added, init, request), ...rest] : args, end];
  });

  return patch(
    window,
    "fetch",
    (original) =>
      function (this: typeof globalThis, ...args: FetchArguments) {
        const [changed, end] = beginFetch(args) ?? [args];
        const answer = original.apply(this, changed);
        return end ? watchAnswer(answer, end, args) : answer;
      },
  );
};

/** The init with headers that the call does not have. */
function withHeaders(
  added: WatchedCall["added"],
  init: RequestInit | undefined,
  { url, headers: own, referrer, referrerPolicy }: RequestLike,
): RequestInit {
  const headers = new Headers(init?.headers ?? own);
  for (const name of Object.keys(added)) if (!headers.has(name)) headers.set(name, added[name]!);
  // Any init takes the referrer from a Request (Fetch standard).
  return { ...(url && { referrer, referrerPolicy }), ...init, headers };
}

/** Ends the call with the answer, and returns an answer that behaves as the one that was given. */
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
    // A thenable of another realm or library may have more than `then`.
    (answer as Answer | undefined)?.then?.(succeed, fail);
    return answer;
  }
  // Not the same promise: it would count as handled, and an app's forgotten `catch` would go unnoticed.
  const watched = answer.then(succeed, (error: unknown) => {
    fail(error);
    throw error;
  }) as Answer;
  // Some libraries give their promises more: `abort`, say.
  for (const key of Object.keys(answer) as (keyof Answer)[])
    if (!(key in watched)) watched[key] = answer[key];
  return watched;
}

const failureOf = (error: unknown, [input, init]: FetchArguments): NonNullable<Outcome["failure"]> => {
  const { name } = Object(error) as Error;
  if (name === "TimeoutError") return "timeout";
  // An app may abort with a reason of its own, which is then the error.
  const { signal = (input as Partial<Request>).signal } = init ?? {};
  return name === "AbortError" || signal?.aborted ? "abort" : "network";
};

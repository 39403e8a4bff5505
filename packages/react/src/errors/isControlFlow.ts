/**
 * Digests of control flow thrown by Next.js (`redirect`, `notFound`, `forbidden`, `unauthorized`, a component that only
 * the browser renders) and by React Router's server components. Digests of errors are hashes, mostly digits.
 *
 * Sources: `unstable_rethrow` of Next.js 14 to 16, `lib/errors.ts` of React Router 7 and 8.
 */
const DIGEST = /^(NEXT|REACT_ROUTER|BAILOUT)_/;

/** Properties that distinguish values thrown by frameworks from errors. */
interface Thrown {
  readonly digest?: unknown;
  /** TanStack Router's `notFound()`. */
  readonly isNotFound?: unknown;
  /** `redirect()` of TanStack Router before 1.121. Later versions throw a `Response`. */
  readonly isRedirect?: unknown;
  /** React Router's `data()`. */
  readonly type?: unknown;
  /** React Router's `ErrorResponse`: a `Response` after the router has read it. */
  readonly internal?: unknown;
}

/**
 * Returns true if a thrown value controls a framework and is not an error: a redirect, "not found", a `Response`. An error
 * boundary must let it through to the framework. Never throws. Promises never get here, because React passes them to
 * Suspense.
 */
export function isControlFlow(thrown: unknown): boolean {
  try {
    const { digest, isNotFound, isRedirect, type, internal } = Object(thrown) as Thrown;
    return (
      // A missing digest becomes the text "undefined".
      DIGEST.test(digest as string) ||
      (isNotFound ?? isRedirect) === true ||
      type === "DataWithResponseInit" ||
      typeof internal === "boolean" ||
      // By tag, because a `Response` of another realm or a polyfill is not an instance of this page's class.
      {}.toString.call(thrown) === "[object Response]"
    );
  } catch {
    // A getter or a proxy threw.
    return false;
  }
}

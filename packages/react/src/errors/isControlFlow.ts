/**
 * Digests of what Next.js (`redirect`, `notFound`, `forbidden`, `unauthorized`, a component that only the browser
 * renders) and React Router's server components throw. Digests of errors are hashes, mostly digits.
 *
 * Sources: `unstable_rethrow` of Next.js 14 to 16, `lib/errors.ts` of React Router 7 and 8.
 */
const DIGEST = /^(NEXT|REACT_ROUTER|BAILOUT)_/;

/** What frameworks throw, as far as it tells them from errors. */
interface Thrown {
  readonly digest?: unknown;
  /** TanStack Router's `notFound()`. */
  readonly isNotFound?: unknown;
  /** React Router's `data()`. */
  readonly type?: unknown;
  /** React Router's `ErrorResponse`: a `Response` after the router has read it. */
  readonly internal?: unknown;
}

/**
 * Whether what was thrown steers a framework and is no error: a redirect, a page that is not found, a `Response`. An
 * error boundary has to let it through, or the framework never hears of it. Never throws. Promises never get here:
 * React gives them to Suspense itself.
 */
export function isControlFlow(thrown: unknown): boolean {
  try {
    const { digest, isNotFound, type, internal } = Object(thrown) as Thrown;
    return (
      // A digest that is missing is the text "undefined".
      DIGEST.test(String(digest)) ||
      isNotFound === true ||
      type === "DataWithResponseInit" ||
      typeof internal === "boolean" ||
      // By its tag: a `Response` of another realm, or of a polyfill, is not an instance of this page's class.
      Object.prototype.toString.call(thrown) === "[object Response]"
    );
  } catch {
    // A getter or a proxy that throws.
    return false;
  }
}

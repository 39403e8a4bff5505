import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";

/** The parts of a request that decide if it is counted. */
interface RequestLine {
  /** As the client sent it. */
  readonly method: string;
  /** Without a query. */
  readonly path: string;
}

/** Requests that are left out: a path (`/healthz`), a pattern (`/internal/*`), or a function. */
export type Exclusion = string | ((request: RequestLine) => boolean);

/**
 * Returns undefined if nothing is excluded, so that the check is skipped. A function that throws excludes nothing.
 */
export function createExclusion(
  exclude: readonly Exclusion[] = [],
): ((method: string, path: string) => boolean) | undefined {
  if (exclude.length === 0) return undefined;
  const match = createRouteMatcher(exclude.filter((one) => typeof one === "string"));
  const tests = exclude.filter((one) => typeof one === "function");
  return (method, path) => match(path) !== UNMATCHED_ROUTE || tests.some((test) => holds(test, method, path));
}

function holds(test: (request: RequestLine) => boolean, method: string, path: string): boolean {
  try {
    return test({ method, path });
  } catch {
    return false;
  }
}

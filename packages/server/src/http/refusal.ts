import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import type { Hono } from "hono";
import { CollectError } from "./collectError.ts";
import { NO_SNIFFING, type PlainAnswer } from "./collectRequest.ts";

/** Seconds after which a sender may try again while the collector restarts. */
const RETRY_AFTER = "2";

/** The content of a request, as messages name it. */
type Content = "batch" | "items" | "reports";

/** Throws `draining` once the journal is about to close. Call it before and after the body is read, which takes seconds. */
export function refuseWhileDraining(isDraining: () => boolean, content: Content): void {
  if (isDraining())
    throw new CollectError("draining", `The collector is stopping. Send the ${content} again.`);
}

/** Returns the error of a request that the journal could not keep. */
export function journalFailed(content: Content, cause: unknown): CollectError {
  return new CollectError("journal_failed", `The ${content} could not be kept. Send the ${content} again.`, [
    String(cause),
  ]);
}

/** Waits for a journal to keep the content of a request. Throws `journal_failed` if it cannot. */
export async function keep<Outcome>(
  content: Content,
  count: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await count();
  } catch (error) {
    throw error instanceof CollectError ? error : journalFailed(content, error);
  }
}

/** Answers a refused request. `headers` are those of its route; issues are explained with `verbose`. */
export function answerRefusal(
  error: CollectError,
  headers: PlainAnswer["headers"],
  options: { readonly verbose: boolean },
): PlainAnswer {
  return {
    status: error.status,
    headers: {
      ...headers,
      "content-type": "application/json",
      ...(error.status === 503 && { "retry-after": RETRY_AFTER }),
    },
    body: JSON.stringify(error.toAnswer(options)),
  };
}

/** Answers requests that match none of the collector's routes: 405 with the methods of the path, else 404. */
export function answerUnknown(app: Hono): Hono {
  const match = createRouteMatcher([...new Set(app.routes.map(({ path }) => path))]);
  return app.notFound((c) => {
    const route = match(c.req.path);
    const methods = methodsOf(app, route);
    // `//metrics` resembles a route but does not match it.
    if (route === UNMATCHED_ROUTE || methods.includes("ALL") || methods.includes(c.req.method))
      return c.text("404 Not Found\n", 404, NO_SNIFFING);
    const allow = methods.join(", ");
    const message = `${c.req.path.slice(0, 100)} takes ${allow}, not ${c.req.method}.`;
    return c.json({ error: { code: "bad_method", message } }, 405, { ...NO_SNIFFING, allow });
  });
}

/** Returns the methods of a path. A route that answers GET answers HEAD too. */
function methodsOf({ routes }: Hono, route: string): string[] {
  const methods = routes.filter(({ path }) => path === route).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}

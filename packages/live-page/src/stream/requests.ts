/** The answer to a request of the page beside the stream. */
export interface Reply<Value> {
  /** The status code; 0 if the collector was not reached. */
  readonly status: number;
  /** The body of an answer that is not an error, if it is JSON. */
  readonly value: Value | undefined;
  /** The reason of an error in the collector's words, if it gave one. */
  readonly fault: string | undefined;
}

/** Sends a request. A body is sent as JSON. Never throws. */
export type Ask = <Value>(path: string, method?: string, body?: object) => Promise<Reply<Value>>;

/** Sends requests with the token of the page. */
export function createAsk(token: () => string | undefined): Ask {
  return async <Value>(path: string, method = "GET", body?: object): Promise<Reply<Value>> => {
    const secret = token();
    try {
      const response = await fetch(path, {
        method,
        headers: {
          accept: "application/json",
          ...(body && { "content-type": "application/json" }),
          ...(secret && { authorization: `Bearer ${secret}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
        cache: "no-store",
      });
      const { status, ok } = response;
      const isJson = response.headers.get("content-type")?.startsWith("application/json");
      const answer: unknown = isJson ? await response.json() : undefined;
      return ok
        ? { status, value: answer as Value | undefined, fault: undefined }
        : { status, value: undefined, fault: faultOf(answer) };
    } catch {
      // The status of the page says that the collector is away.
      return { status: 0, value: undefined, fault: undefined };
    }
  };
}

function faultOf(answer: unknown): string | undefined {
  const { error } = (answer ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === "string" ? error.message : undefined;
}

/** Returns the reason of a refusal in words; undefined for a change that was done. */
export function refusalOf({ status, fault }: Reply<unknown>): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (fault !== undefined) return fault;
  return status === 0
    ? "The collector cannot be reached. Try again."
    : `The collector did not do it: status ${status}. Try again.`;
}

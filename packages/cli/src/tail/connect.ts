import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";

/** A stream of a collector. */
export interface Source {
  /** The collector's URL without a slash at its end. */
  readonly root: string;
  /** The path of the live page below it. */
  readonly livePath: string;
  readonly query: URLSearchParams;
  /** Empty for none. */
  readonly token: string;
}

/** A failure that another attempt may end: the connection failed, or the collector is busy. */
export class Unreachable extends Error {}

/** Maximum characters of an answer that are shown, because a proxy may answer with a whole page. */
const SHOWN_UNITS = 300;

/** Opens the stream. Throws an `Unreachable`, or an `Error` that says what to do. */
export async function connect(
  { root, livePath, query, token }: Source,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const search = query.size > 0 ? `?${query}` : "";
  const stream = `${root}${livePath}/metrics`;
  const response = await fetch(`${stream}${search}`, {
    headers: {
      accept: "text/event-stream",
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && lastEventId !== "" && { "last-event-id": lastEventId }),
    },
    // A redirect could take the token to another host.
    redirect: "manual",
    signal,
  }).catch((cause: unknown) => {
    throw new Unreachable(
      `[rumkit] ${root} does not answer: ${escapeText(reasonOf(cause))}. Start the collector, or give its URL.`,
      { cause },
    );
  });
  const { status, headers, body } = response;
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (status === 200 && isStream && body) return body;
  const answer = status === 200 ? "no stream." : `${status}${await messageOf(response)}`;
  await body?.cancel().catch(() => {});
  const text = `[rumkit] ${stream} answers ${answer} ${adviceFor(response)}`;
  throw status >= 500 || status === 429 ? new Unreachable(text) : new Error(text);
}

/** Returns the message of a refusal, as the rest of a sentence. */
async function messageOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return ".";
  try {
    const body: unknown = await response.json();
    const error = isObject(body) ? body["error"] : undefined;
    const message = isObject(error) ? error["message"] : undefined;
    if (typeof message !== "string") return ".";
    const line = escapeText(message.replaceAll(/\s+/g, " ")).slice(0, SHOWN_UNITS);
    return `: ${line}${/[.?!]$/.test(line) ? "" : "."}`;
  } catch {
    return ".";
  }
}

function adviceFor({ status, headers }: Response): string {
  const location = headers.get("location");
  if (location !== null) return `It redirects to ${escapeText(location)}: give the final address.`;
  if (status === 400) return "Check --filter.";
  if (status === 401 || status === 403) return "Use a token of scope live: --token-file, or RUMKIT_TOKEN.";
  if (status === 429 || status >= 500) return "Try again later, or see the collector's log.";
  return "Is it the address of a collector, with the path where it is mounted? --live-path names another path of its live page.";
}

import type { LiveFrame } from "@rumkit/protocol";
import { createAttempts } from "./attempts.ts";
import { readEvents, type ServerEvent } from "./readEvents.ts";

/**
 * State of the stream: no frame yet, receiving frames, lost and retrying, refused because there are too many viewers or
 * because the collector stops, both retrying, or denied: a token is required, a read-only link has ended, a person ended
 * it, or it is not valid.
 */
export type Connection =
  | "connecting"
  | "live"
  | "reconnecting"
  | "full"
  | "stopping"
  | "denied"
  | "linkEnded"
  | "linkRevoked"
  | "badLink";

/** Returns true for a state that only another token ends. */
export function isDenied(connection: Connection): boolean {
  return ["denied", "linkEnded", "linkRevoked", "badLink"].includes(connection);
}

export interface StreamOptions {
  /** URL of the event stream. */
  url: string;
  /** Returns the access token. Called each time the stream is opened. */
  token: () => string | undefined;
  /** Called for each frame, in order. */
  onFrame: (frame: LiveFrame) => void;
  /**
   * Called when the connection changes, or the time of the next try. `retryAt` is the time of the next try, in ms since 1970 by this machine's clock;
   * undefined while there is none to wait for.
   */
  onConnection: (connection: Connection, retryAt?: number) => void;
}

export interface LiveStream {
  /** Ends it for good. */
  stop: () => void;
  /** Tries now instead of at the time of the next try. Does nothing while the stream is open. */
  retry: () => void;
}

/** Status codes for a missing, wrong or insufficient token. A retry would not help. */
const DENIALS = [401, 403];

/**
 * Characters of a token (RFC 6750, section 2.1: visible ASCII). Browsers send no other characters in a header, and no
 * collector has such a token.
 */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

/**
 * Opens the event stream and keeps it open until `stop()` or a denial.
 *
 * Uses `fetch`, because `EventSource` cannot send a token in a header, and a token in the URL would appear in the logs of
 * every proxy. A broken or silent stream is reopened after an increasing delay and resumes after the last id; after an
 * unreadable frame it starts with a snapshot.
 */
export function createStream({ url, token, onFrame, onConnection }: StreamOptions): LiveStream {
  let lastId: string | undefined;
  const report = onChange(onConnection);
  const attempts = createAttempts({ open: () => void open(), onSilent: () => reopen() });

  const reopen = (because: Connection = "reconnecting") => report(because, attempts.later());
  const onEvent = ({ id, text }: ServerEvent) => {
    const frame = readFrame(text);
    lastId = frame && id;
    if (!frame) return reopen();
    attempts.succeed();
    onFrame(frame);
    report("live");
  };
  const open = async () => {
    const signal = attempts.begin();
    const ended = await follow({ url, secret: token(), lastId, signal, onEvent });
    if (signal.aborted) return;
    if (!isDenied(ended)) return reopen(ended);
    attempts.end();
    report(ended);
  };

  const forget = onReturn(attempts.now);
  report("connecting");
  void open();
  return {
    stop: () => {
      forget();
      attempts.end();
    },
    retry: attempts.now,
  };
}

/** Calls `listener` when the network or the viewer returns. Returns the function that ends it. */
function onReturn(listener: () => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  for (const type of ["online", "focus"]) addEventListener(type, listener, { signal });
  document.addEventListener("visibilitychange", listener, { signal });
  return () => ended.abort();
}

interface FollowOptions {
  url: string;
  secret: string | undefined;
  lastId: string | undefined;
  signal: AbortSignal;
  onEvent: (event: ServerEvent) => void;
}

/** Reads the stream to its end, and returns the state that the end means. */
async function follow({ url, secret, lastId, signal, onEvent }: FollowOptions): Promise<Connection> {
  if (secret !== undefined && !HEADER_TEXT.test(secret)) return "denied";
  try {
    const response = await fetch(url, { headers: headersFor(secret, lastId), cache: "no-store", signal });
    if (!response.ok) return await reasonOf(response);
    if (response.body) await readAll(response.body, signal, onEvent);
  } catch {
    // A network error, or the abort of a stream that is no longer wanted.
  }
  return "reconnecting";
}

/** The states that the collector's codes mean. */
const REFUSALS = new Map<string | undefined, Connection>([
  ["too_many_viewers", "full"],
  ["draining", "stopping"],
  ["link_ended", "linkEnded"],
  ["link_revoked", "linkRevoked"],
  ["bad_link", "badLink"],
]);

/** Returns the state that a refusal means. */
async function reasonOf(response: Response): Promise<Connection> {
  // A proxy's own refusal has another body, which may never end.
  const isOurs = response.headers.get("content-type")?.startsWith("application/json");
  const answer = isOurs ? await response.json().catch(() => undefined) : undefined;
  const { error } = (answer ?? {}) as { error?: { code?: string } };
  return REFUSALS.get(error?.code) ?? (DENIALS.includes(response.status) ? "denied" : "reconnecting");
}

async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  for await (const event of readEvents(body)) {
    if (signal.aborted) return;
    onEvent(event);
  }
}

/** Wraps a listener so that it is called only with a value or time that differs from the previous one. */
function onChange(listener: StreamOptions["onConnection"]): StreamOptions["onConnection"] {
  let last: Connection | undefined;
  let lastRetryAt: number | undefined;
  return (next, retryAt) => {
    if (next === last && retryAt === lastRetryAt) return;
    last = next;
    lastRetryAt = retryAt;
    listener(next, retryAt);
  };
}

function headersFor(token: string | undefined, lastId: string | undefined): Record<string, string> {
  return {
    accept: "text/event-stream",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lastId !== undefined && { "last-event-id": lastId }),
  };
}

function readFrame(text: string): LiveFrame | undefined {
  try {
    return JSON.parse(text) as LiveFrame;
  } catch {
    return undefined;
  }
}

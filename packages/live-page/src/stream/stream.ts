import type { LiveFrame } from "@rumkit/protocol";
import { readEvents, type ServerEvent } from "./readEvents.ts";

/** State of the stream: no frame yet, receiving frames, lost and retrying, or a token is required. */
export type Connection = "connecting" | "live" | "reconnecting" | "denied";

export interface StreamOptions {
  /** URL of the event stream. */
  url: string;
  /** Returns the access token. Called each time the stream is opened. */
  token: () => string | undefined;
  /** Called for each frame, in order. */
  onFrame: (frame: LiveFrame) => void;
  /** Called when the connection changes, never twice in a row with the same value. */
  onConnection: (connection: Connection) => void;
}

/** First delay in ms: a restarting collector is back in about a second. */
const SHORTEST_WAIT = 1_000;

/** Longest delay in ms: a wall display shows data within half a minute of the collector's return. */
const LONGEST_WAIT = 30_000;

/** Random extra delay of up to a quarter, so that the viewers of a restarted collector do not return at once. */
const JITTER = 0.25;

/**
 * Milliseconds of silence after which the connection counts as dead (a sleeping laptop, a dropped NAT entry): the
 * collector sends at least one frame per second. TCP alone would wait for minutes.
 */
const SILENCE = 15_000;

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
export function createStream({ url, token, onFrame, onConnection }: StreamOptions): { stop: () => void } {
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId: string | undefined;
  let failures = 0;

  const report = onChange(onConnection);
  const wait = (ms: number, next: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(next, ms);
  };

  const close = () => {
    clearTimeout(timer);
    abort.abort();
  };

  const deny = () => {
    close();
    report("denied");
  };

  const reopen = () => {
    close();
    report("reconnecting");
    wait(waitAfter(failures++), () => void open());
  };

  const onEvent = ({ id, text }: ServerEvent) => {
    const frame = readFrame(text);
    lastId = frame && id;
    if (!frame) return reopen();
    failures = 0;
    wait(SILENCE, reopen);
    onFrame(frame);
    report("live");
  };

  const open = async () => {
    abort = new AbortController();
    const { signal } = abort;
    const secret = token();
    if (secret !== undefined && !HEADER_TEXT.test(secret)) return deny();
    wait(SILENCE, reopen);
    try {
      const response = await fetch(url, { headers: headersFor(secret, lastId), cache: "no-store", signal });
      if (DENIALS.includes(response.status)) return deny();
      if (response.ok && response.body) await readAll(response.body, signal, onEvent);
    } catch {
      // A network error or `close()`. Only `signal.aborted` matters: whether the stream is still wanted.
    }
    if (!signal.aborted) reopen();
  };

  report("connecting");
  void open();
  return { stop: close };
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

/** Wraps a listener so that it is called only with values that differ from the previous one. */
function onChange<Value>(listener: (value: Value) => void): (next: Value) => void {
  let last: Value | undefined;
  return (next) => {
    if (next === last) return;
    last = next;
    listener(next);
  };
}

function headersFor(token: string | undefined, lastId: string | undefined): Record<string, string> {
  return {
    accept: "text/event-stream",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lastId !== undefined && { "last-event-id": lastId }),
  };
}

function waitAfter(failures: number): number {
  const wait = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures);
  return wait * (1 + JITTER * Math.random());
}

function readFrame(text: string): LiveFrame | undefined {
  try {
    return JSON.parse(text) as LiveFrame;
  } catch {
    return undefined;
  }
}

import type { LiveFrame } from "@rumkit/protocol";
import { readEvents, type ServerEvent } from "./readEvents.ts";

/** Where the stream stands: never had a frame yet, has them, lost them and tries again, or needs a token. */
export type Connection = "connecting" | "live" | "reconnecting" | "denied";

export interface StreamOptions {
  /** The address of the event stream. */
  url: string;
  /** The secret that opens it. Asked for each time that the stream is opened. */
  token: () => string | undefined;
  /** Called for each frame, in order. */
  onFrame: (frame: LiveFrame) => void;
  /** Called when the connection changes, never twice with the same value in a row. */
  onConnection: (connection: Connection) => void;
}

/** The first wait: a collector that restarts is back in about a second. In ms. */
const SHORTEST_WAIT = 1_000;

/** The longest wait: a wall display shows data again within half a minute of the collector's return. In ms. */
const LONGEST_WAIT = 30_000;

/** Up to a quarter more, so that all viewers of a restarted collector do not come back at once. */
const JITTER = 0.25;

/**
 * The collector sends a frame at least once a second, so this much silence is a connection that died without
 * a word (a sleeping laptop, a dropped NAT entry). TCP alone would wait for minutes. In ms.
 */
const SILENCE = 15_000;

/** The token is missing or wrong, or opens something else: trying again would change nothing. */
const DENIALS = [401, 403];

/**
 * What a token consists of (RFC 6750, section 2.1: visible ASCII). A browser sends no header with other letters, and no
 * collector has such a token.
 */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

/**
 * Opens the event stream and keeps it open for ever.
 *
 * By `fetch` and not by `EventSource`, which cannot send a token as a header; in the address it would end up
 * in the logs of every proxy. What breaks or goes silent is opened anew after a growing wait and resumes with
 * the last id; after a frame that cannot be read it starts with a snapshot. Only a denial ends it.
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
      // The network, or our own close: what matters is only whether somebody still wants the stream.
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

/** Tells a value only if it is another one than before. */
function onChange<Value>(tell: (value: Value) => void): (next: Value) => void {
  let last: Value | undefined;
  return (next) => {
    if (next === last) return;
    last = next;
    tell(next);
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

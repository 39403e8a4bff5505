import type { LiveFrame } from "@rumkit/protocol";

/** Where the stream stands: never had a frame yet, has them, or lost them and tries again. */
export type Connection = "connecting" | "live" | "reconnecting";

export interface StreamOptions {
  /** The address of the event stream. */
  url: string;
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
 * a word (a sleeping laptop, a dropped NAT entry). EventSource alone would wait for minutes. In ms.
 */
const SILENCE = 15_000;

/**
 * Opens the event stream and keeps it open for ever.
 *
 * EventSource retries by itself after a broken connection, and resumes with the last id. Where it gives up
 * (an HTTP error), goes silent, or brings a frame that cannot be read, the stream is opened anew after a
 * growing wait, and starts with a snapshot.
 */
export function createStream({ url, onFrame, onConnection }: StreamOptions): { stop: () => void } {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connection: Connection | undefined;
  let failures = 0;

  const report = (next: Connection) => {
    if (next === connection) return;
    connection = next;
    onConnection(next);
  };

  const wait = (ms: number, next: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(next, ms);
  };

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };

  const reopen = () => {
    close();
    report("reconnecting");
    wait(waitAfter(failures++), open);
  };

  const onMessage = (event: MessageEvent<string>) => {
    const frame = readFrame(event.data);
    if (!frame) return reopen();
    failures = 0;
    wait(SILENCE, reopen);
    onFrame(frame);
    report("live");
  };

  const onError = () => {
    if (source?.readyState === EventSource.CLOSED) reopen();
    else report("reconnecting");
  };

  const open = () => {
    source = new EventSource(url);
    source.addEventListener("snapshot", onMessage);
    source.addEventListener("delta", onMessage);
    source.addEventListener("error", onError);
    wait(SILENCE, reopen);
  };

  report("connecting");
  open();
  return { stop: close };
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

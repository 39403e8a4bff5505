import { setTimeout as sleep } from "node:timers/promises";
import type { LiveEvent, LiveFilteredSnapshot, LiveDelta } from "@rumkit/protocol";
import { connect, type Source, Unreachable } from "./connect.ts";
import { readEvents, type ServerSentEvent } from "../base/serverSentEvents.ts";

/** Something of the stream to show. `gap`: it is not known how many events were missed. */
export type Shown =
  | { readonly kind: "event"; readonly event: LiveEvent }
  | { readonly kind: "skipped"; readonly skipped: Readonly<Record<string, number>> }
  | { readonly kind: "gap" };

export interface FollowOptions {
  readonly source: Source;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  readonly show: (shown: Shown) => Promise<void>;
  /** Called once for each time that the connection is lost. */
  readonly onLost: () => void;
  /** Milliseconds before another attempt. Default 1000. */
  readonly delayMs?: number;
  /** Milliseconds after a frame without another one, after which a connection counts as lost: there is one each second. Default 15000. */
  readonly silenceMs?: number;
}

/**
 * Shows the events of a stream, and reconnects, until the signal. Throws if the first attempt fails, and whenever the
 * collector refuses the stream.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { source, signal, onLost, delayMs = 1_000, silenceMs = MOST_SILENCE_MS } = options;
  const showFrame = createShowFrame(options.show);
  let lastEventId: string | undefined;
  let wasOpen = false;
  while (!signal.aborted) {
    const silence = watchSilence();
    const body = await connect(source, lastEventId, AbortSignal.any([signal, silence.signal])).catch(
      (error: unknown) => {
        if (!signal.aborted && !(wasOpen && error instanceof Unreachable)) throw error;
      },
    );
    if (body) {
      wasOpen = true;
      for await (const { id, data } of untilLost(body)) {
        // An output that is read slowly is not a silent collector.
        silence.stop();
        await showFrame(readFrame(data, source));
        silence.start(silenceMs);
        lastEventId = id;
      }
      if (!signal.aborted) onLost();
    }
    silence.stop();
    await sleep(delayMs, undefined, { signal }).catch(() => {});
  }
}

/** Ends where the connection does, however it does. */
async function* untilLost(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  try {
    yield* readEvents(body);
  } catch (error) {
    if (error instanceof RangeError) throw error;
  }
}

/** Milliseconds that a collector has for its first frame, and by default for each later one. */
const MOST_SILENCE_MS = 15_000;

/** Aborts its signal after a time without a stop. */
function watchSilence() {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const start = (ms: number): void => {
    stop();
    timer = setTimeout(() => controller.abort(new Error(`nothing came for ${ms / 1_000} s`)), ms).unref();
  };
  start(MOST_SILENCE_MS);
  return { signal: controller.signal, start, stop };
}

type Frame = LiveFilteredSnapshot | LiveDelta;

function readFrame(data: string, { root, livePath }: Source): Frame {
  try {
    const frame = JSON.parse(data) as Partial<Frame> | null;
    if (frame !== null && Array.isArray(frame.tail)) return frame as Frame;
  } catch {
    // The same fault as a frame of another shape.
  }
  throw new Error(
    `[rumkit] ${root}${livePath}/metrics sends no live frames. Is it the address of a collector?`,
  );
}

/** Returns a function that shows what is new in a frame. */
function createShowFrame(show: FollowOptions["show"]): (frame: Frame) => Promise<void> {
  /** The time of the last event that was shown. */
  let shownUntil = Number.NEGATIVE_INFINITY;
  return async (frame) => {
    const { skipped, tail } = frame;
    let events = tail;
    if ("newEvents" in frame) events = tail.slice(tail.length - (frame.newEvents ?? 0));
    if ("resumed" in frame) {
      await show({ kind: "gap" });
      // The collector does not know which of them were sent before.
      events = tail.filter(({ at }) => at > shownUntil);
    }
    if (skipped) await show({ kind: "skipped", skipped });
    for (const event of events) {
      await show({ kind: "event", event });
      shownUntil = event.at;
    }
  };
}

import type { LiveFilter } from "@rumkit/protocol";
import type { Feed } from "./feed.ts";

/** Maximum bytes that wait for one viewer. Beyond the limit, the viewer misses frames; the next one says what it missed. */
const QUEUED_BYTES = 65_536;

/**
 * Bounds of the milliseconds until a browser tries again: `retry`, with which every stream starts. It differs between
 * viewers, so that they do not all return in the same moment after a restart.
 */
const RETRY_MS = [1_000, 3_000] as const;

export interface LiveStreamOptions {
  readonly feed: Feed;
  readonly filter: LiveFilter;
  /** The last frame that the viewer saw, from its `Last-Event-ID` header. */
  readonly lastEventId: string | undefined;
  /** Even from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Called when a frame was not sent because the viewer reads too slowly. */
  readonly onSkip: () => void;
  /** Aborted when the viewer's connection is gone, even if the stream is not read. */
  readonly gone: AbortSignal;
  /** Called once, when the viewer or the feed is gone. */
  readonly onEnd: () => void;
}

/**
 * Creates one viewer's stream of frames. It never waits for its reader, so a stalled viewer does not slow down
 * others. Returns undefined if there are too many distinct filters.
 */
export function createLiveStream(options: LiveStreamOptions): ReadableStream<Uint8Array> | undefined {
  const { feed, filter, lastEventId, random = Math.random, onSkip, gone, onEnd } = options;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let ended = false;
  let unsubscribe = (): void => {};
  const end = (): void => {
    if (ended) return;
    ended = true;
    unsubscribe();
    onEnd();
  };
  const close = (): void => {
    if (!ended) controller?.close();
    end();
  };
  const subscription = feed.subscribe(
    {
      isReady: () => (controller?.desiredSize ?? 0) > 0,
      onFrame: (bytes) => controller?.enqueue(bytes),
      onSkip,
      onClose: close,
    },
    filter,
    lastEventId,
  );
  if (!subscription) return undefined;
  // Not kept for as long as the viewer stays: those that came at different times have different snapshots.
  let first: readonly Uint8Array[] = [retry(random()), ...subscription.first];
  ({ unsubscribe } = subscription);
  const start = (started: ReadableStreamDefaultController<Uint8Array>): void => {
    controller = started;
    for (const bytes of first) controller.enqueue(bytes);
    first = [];
    if (gone.aborted) close();
    else gone.addEventListener("abort", close, { once: true });
  };
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: QUEUED_BYTES });
  return new ReadableStream<Uint8Array>({ start, cancel: end }, strategy);
}

function retry(luck: number): Uint8Array {
  const [least, most] = RETRY_MS;
  return new TextEncoder().encode(`retry: ${Math.round(least + luck * (most - least))}\n\n`);
}

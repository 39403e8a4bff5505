import type { Feed } from "./feed.ts";

/** Maximum bytes that wait for one viewer. Beyond the limit, the viewer misses frames and then gets a snapshot. */
const QUEUED_BYTES = 65_536;

/** Milliseconds until a browser tries again: `retry`, with which every stream starts. */
const RETRY = new TextEncoder().encode("retry: 2000\n\n");

export interface LiveStreamOptions {
  readonly feed: Feed;
  /** The last frame that the viewer saw, from its `Last-Event-ID` header. */
  readonly lastEventId: string | undefined;
  /** Called when a frame was not sent because the viewer reads too slowly. */
  readonly onSkip: () => void;
  /** Aborted when the viewer's connection is gone, even if the stream is not read. */
  readonly gone: AbortSignal;
  /** Called once, when the viewer or the feed is gone. */
  readonly onEnd: () => void;
}

/**
 * Creates one viewer's stream of frames. It never waits for its reader, so a stalled viewer does not slow down
 * others.
 */
export function createLiveStream(options: LiveStreamOptions): ReadableStream<Uint8Array> {
  const { feed, lastEventId, onSkip, gone, onEnd } = options;
  let unsubscribe: () => void = () => {};
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    unsubscribe();
    onEnd();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const close = (): void => {
          if (!ended) controller.close();
          end();
        };
        const onFrame = createSender(controller, feed, onSkip);
        const subscription = feed.subscribe({ onFrame, onClose: close }, lastEventId);
        unsubscribe = subscription.unsubscribe;
        for (const bytes of [RETRY, ...subscription.first]) controller.enqueue(bytes);
        if (gone.aborted) close();
        else gone.addEventListener("abort", close, { once: true });
      },
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: QUEUED_BYTES }),
  );
}

/** Returns a function that sends a frame, or skips it while the viewer is behind; the next one is a snapshot then. */
function createSender(
  controller: ReadableStreamDefaultController<Uint8Array>,
  feed: Feed,
  onSkip: () => void,
): (frame: Uint8Array) => void {
  let behind = false;
  return (frame) => {
    if ((controller.desiredSize ?? 0) <= 0) {
      behind = true;
      onSkip();
      return;
    }
    controller.enqueue(behind ? feed.snapshot() : frame);
    behind = false;
  };
}

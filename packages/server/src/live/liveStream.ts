import type { LiveFilter } from "@rumkit/protocol";
import type { StreamBody } from "../http/streamBody.ts";
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
  readonly body: StreamBody;
  readonly filter: LiveFilter;
  /** The last frame that the viewer saw, from its `Last-Event-ID` header. */
  readonly lastEventId: string | undefined;
  /** Even from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Called when a frame was not sent because the viewer reads too slowly. */
  readonly onSkip: () => void;
}

/**
 * Starts to write frames to a viewer. It never waits for the reader, so a stalled viewer does not slow down others.
 * Returns a function that ends the subscription; undefined if there are too many distinct filters.
 */
export function startLiveStream(options: LiveStreamOptions): (() => void) | undefined {
  const { feed, body, filter, lastEventId, random = Math.random, onSkip } = options;
  const viewer = {
    isReady: () => body.waitingBytes < QUEUED_BYTES,
    onFrame: (bytes: Uint8Array) => body.write(bytes),
    onSkip,
    onClose: () => body.end(),
  };
  const subscription = feed.subscribe(viewer, filter, lastEventId);
  if (!subscription) return undefined;
  body.write(retry(random()));
  for (const bytes of subscription.first) body.write(bytes);
  return subscription.unsubscribe;
}

function retry(luck: number): Uint8Array {
  const [least, most] = RETRY_MS;
  return new TextEncoder().encode(`retry: ${Math.round(least + luck * (most - least))}\n\n`);
}

import type { Context, Handler } from "hono";
import { incomingOf } from "../ingest/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Feed } from "./feed.ts";
import { createLiveStream } from "./liveStream.ts";
import { createViewerLimits } from "./viewerLimits.ts";

/** `GET /realtime/metrics`: a snapshot, then deltas, as server-sent events. `Last-Event-ID` resumes. */
export function createLiveRoute(feed: Feed, record: RecordSample): Handler {
  const limits = createViewerLimits();
  const showViewers = (): void => record({ metric: "rum_live_clients", labels: {}, value: limits.size });

  return function live(c) {
    const leave = feed.isClosed ? undefined : limits.enter(addressOf(c));
    if (!leave) return refuse(c, feed.isClosed);
    showViewers();
    const stream = createLiveStream({
      feed,
      lastEventId: c.req.header("last-event-id"),
      onSkip: () => record({ metric: "rum_live_frames_skipped_total", labels: {}, value: 1 }),
      onEnd: () => {
        leave();
        showViewers();
      },
    });
    return c.body(stream, 200, {
      "content-type": "text/event-stream",
      // no-transform: a compressing proxy would hold frames back. X-Accel-Buffering: nginx would, too.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
  };
}

function refuse(c: Context, isClosed: boolean): Response {
  c.header("retry-after", "30");
  const error = isClosed
    ? { code: "draining", message: "The collector is stopping." }
    : { code: "too_many_viewers", message: "There are too many live streams." };
  return c.json({ error }, 503);
}

function addressOf(c: Context): string {
  return incomingOf(c)?.socket.remoteAddress ?? "";
}

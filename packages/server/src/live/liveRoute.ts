import type { LiveFilter } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { bearerToken } from "../access/credentials.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { fromHono, outgoingOf } from "../http/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Feed } from "./feed.ts";
import { createLiveStream } from "./liveStream.ts";
import { FilterFault, readFilter } from "./readFilter.ts";
import type { ViewerLimits } from "./viewerLimits.ts";

export interface LiveRouteOptions {
  readonly feed: Feed;
  readonly record: RecordSample;
  /** Returns the address by which viewers are limited, also behind trusted proxies. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  /** The places of viewers. */
  readonly limits: ViewerLimits;
}

const HEADERS = {
  "content-type": "text/event-stream",
  // no-transform, because a compressing proxy would buffer frames. X-Accel-Buffering, because nginx would, too.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** `GET /realtime/metrics`: a snapshot, then deltas, as server-sent events. `Last-Event-ID` resumes. */
export function createLiveRoute({ feed, record, senderOf, limits }: LiveRouteOptions): Handler {
  const showViewers = (): void => record({ metric: "rum_live_clients", labels: {}, value: limits.size });

  return function live(c) {
    if (feed.isClosed) return refuse(c, true);
    // Hono answers HEAD like GET and drops the body. An unread stream would keep its place forever.
    if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
    const filter = filterOf(c);
    if (typeof filter === "string") return c.json({ error: { code: "bad_filter", message: filter } }, 400);
    const gone = watchGone(c);
    const viewer = {
      address: senderOf(fromHono(c)) ?? "",
      token: bearerToken(c.req.header("authorization")),
    };
    const place = limits.enter(viewer, () => {
      gone.abort();
      // Bytes that wait for the reader are dropped with its connection.
      outgoingOf(c)?.destroy();
    });
    if (!place) return refuse(c, false);
    showViewers();
    const stream = createLiveStream({
      feed,
      filter,
      lastEventId: c.req.header("last-event-id"),
      onSkip: () => {
        place.missed();
        record({ metric: "rum_live_frames_skipped_total", labels: {}, value: 1 });
      },
      gone: gone.signal,
      onEnd: () => {
        place.leave();
        showViewers();
      },
    });
    if (stream) return c.body(stream, 200, HEADERS);
    place.leave();
    showViewers();
    return refuse(c, false);
  };
}

/** Returns the filter of the address, or what is wrong with it. */
function filterOf(c: Context): LiveFilter | string {
  try {
    return readFilter(new URL(c.req.url).searchParams);
  } catch (error) {
    if (error instanceof FilterFault) return error.message;
    throw error;
  }
}

/** Returns a signal that is aborted at the connection's end. Middleware may drop the stream without canceling it. */
function watchGone(c: Context): AbortController {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  const outgoing = outgoingOf(c);
  const { signal } = c.req.raw;
  if (outgoing) outgoing.once("close", abort);
  else if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return gone;
}

function refuse(c: Context, isClosed: boolean): Response {
  c.header("retry-after", "30");
  const error = isClosed
    ? { code: "draining", message: "The collector is stopping." }
    : { code: "too_many_viewers", message: "There are too many live streams." };
  return c.json({ error }, 503);
}

import type { LiveFilter } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { bearerToken } from "../access/credentials.ts";
import { linkEndOf } from "../access/guard.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { streamTo } from "../http/directBody.ts";
import { fromHono } from "../http/honoRequest.ts";
import { StreamBody } from "../http/streamBody.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Feed } from "./feed.ts";
import { startLiveStream } from "./liveStream.ts";
import { FilterFault, readFilter } from "./readFilter.ts";
import type { ViewerIdentity, ViewerLimits } from "./viewerLimits.ts";
import { queryOf } from "../http/query.ts";

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
export function createLiveRoute(options: LiveRouteOptions): Handler {
  const { feed, senderOf } = options;
  const open = createOpen(options);

  return function live(c) {
    if (feed.isClosed) return refuse(c, true);
    // Hono answers HEAD like GET and drops the body. An unread stream would keep its place forever.
    if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
    const filter = filterOf(c);
    if (typeof filter === "string") return c.json({ error: { code: "bad_filter", message: filter } }, 400);
    const body = open({
      address: senderOf(fromHono(c)) ?? "",
      token: bearerToken(c.req.header("authorization")),
      until: linkEndOf(c),
      filter,
      lastEventId: c.req.header("last-event-id"),
    });
    return body ? c.body(streamTo(c, body), 200, HEADERS) : refuse(c, false);
  };
}

/** A viewer that comes, as far as it is kept while it stays. */
interface NewViewer extends ViewerIdentity {
  readonly filter: LiveFilter;
  readonly lastEventId: string | undefined;
}

/**
 * Returns a function that opens the stream of a viewer; undefined if there is no room for it. Nothing here may refer to
 * Hono's context: it has the whole request, and would be kept as long as the viewer.
 */
function createOpen({ feed, record, limits }: LiveRouteOptions) {
  const countSkip = (): void => record({ metric: "rum_live_frames_skipped_total", labels: {}, value: 1 });
  return ({ filter, lastEventId, ...identity }: NewViewer): StreamBody | undefined => {
    const body = new StreamBody();
    const place = limits.enter(identity, () => body.cut());
    if (!place) return undefined;
    const onSkip = (): void => {
      place.missed();
      countSkip();
    };
    const leave = startLiveStream({ feed, body, filter, lastEventId, onSkip });
    body.onEnd = () => {
      leave?.();
      place.leave();
    };
    if (leave) return body;
    place.leave();
    return undefined;
  };
}

/** Returns the filter of the address, or what is wrong with it. */
function filterOf(c: Context): LiveFilter | string {
  try {
    return readFilter(queryOf(c));
  } catch (error) {
    if (error instanceof FilterFault) return error.message;
    throw error;
  }
}

function refuse(c: Context, isClosed: boolean): Response {
  c.header("retry-after", "30");
  const error = isClosed
    ? { code: "draining", message: "The collector is stopping." }
    : { code: "too_many_viewers", message: "There are too many live streams." };
  return c.json({ error }, 503);
}

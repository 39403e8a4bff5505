import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { catalog } from "./catalog.ts";
import { readClipRequest } from "./clipRequest.ts";
import type { ClipQueue } from "./queue/clipQueue.ts";

export interface ApiOptions {
  readonly collector: Collector<typeof catalog>;
  readonly queue: ClipQueue;
}

/** Twice the longest honest body. */
const MAX_BODY_BYTES = 8_192;

/** Seconds after which a full queue has room, and one that is away may be back. */
const RETRY_SECONDS = 5;

/** The API: `POST /jobs`, `GET /jobs`, `GET /jobs/:id`, `GET /health`. Bad input is answered with 4xx and a reason. */
export function createApi({ collector, queue }: ApiOptions): Hono {
  const api = new Hono();
  for (const path of ["/jobs/*", "/health"]) api.use(path, collector.httpMetrics());
  api.use(
    "/jobs",
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "The body is too large.", 413) }),
  );

  api.post("/jobs", async (c) => {
    const request = readClipRequest(await c.req.json<unknown>().catch(() => undefined));
    if (typeof request === "string") return refuse(c, request, 400);
    const job = await queue.add(request);
    if (!job) return refuse(c, "The queue is full. Try again soon.", 503);
    await collector.trackAction("clip_queued", { id: job.id });
    return c.json(job, 202, { location: `/jobs/${job.id}` });
  });
  api.get("/jobs", async (c) => c.json(await queue.recent()));
  api.get("/jobs/:id", async (c) => {
    const job = await queue.find(c.req.param("id"));
    return job ? c.json(job) : refuse(c, "No such job. Jobs that ended long ago are forgotten.", 404);
  });
  api.get("/health", async (c) => c.json({ status: "ok", waiting: await queue.depth() }));
  api.all("/jobs/*", (c) => refuse(c, "Use POST /jobs, GET /jobs or GET /jobs/:id.", 405));
  api.all("/health", (c) => refuse(c, "Use GET /health.", 405));

  api.onError((error, c) => {
    collector.trackError(error);
    return refuse(c, "The queue cannot be reached.", 503);
  });
  return api;
}

function refuse(c: Context, error: string, status: 400 | 404 | 405 | 413 | 503) {
  return c.json({ error }, status, status === 503 ? { "retry-after": String(RETRY_SECONDS) } : {});
}

import { timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Outcome, TakenJob, WorkerQueue } from "./clipQueue.ts";

/** The embedded queue's door for workers, below `/queue`. It needs the token, which only this program's workers have. */
export function createQueueDoor(queue: WorkerQueue, token: string): Hono {
  const door = new Hono().basePath("/queue");
  const expected = Buffer.from(`Bearer ${token}`);
  door.use(async (c, next) => {
    const given = Buffer.from(c.req.header("authorization") ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return c.json({ error: "This door is for the workers of this program." }, 401);
    return next();
  });
  door.use(bodyLimit({ maxSize: 16_384 }));
  door.post("/take", async (c) => c.json((await queue.take(c.req.raw.signal)) ?? null));
  door.post("/renew", async (c) => {
    const job = await readJob(c);
    return job ? c.json(await queue.renew(job)) : refuse(c);
  });
  door.post("/finish", async (c) => {
    const job = await readJob(c);
    return job?.outcome ? c.json(await queue.finish(job, job.outcome)) : refuse(c);
  });
  door.post("/release", async (c) => {
    const job = await readJob(c);
    return job ? c.json((await queue.release(job)) ?? null) : refuse(c);
  });
  return door;
}

async function readJob(c: Context): Promise<(TakenJob & { readonly outcome?: Outcome }) | undefined> {
  const body = await c.req.json<unknown>().catch(() => undefined);
  return typeof body === "object" && body !== null ? (body as TakenJob) : undefined;
}

function refuse(c: Context) {
  return c.json({ error: "The body is not a job." }, 400);
}

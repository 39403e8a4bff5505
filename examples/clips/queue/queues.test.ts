/** Both queues keep the same promises. Redis is a real one. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../../../test/support/listen.ts";
import { type RunningRedis, startRedis } from "../../../test/support/redisServer.ts";
import { type ClipQueue, MAX_WAITING, type TakenJob, type WorkerQueue } from "./clipQueue.ts";
import { createEmbeddedQueue } from "./embeddedQueue.ts";
import { createQueueClient } from "./queueClient.ts";
import { createQueueDoor } from "./queueDoor.ts";
import { connectRedisQueue } from "./redisQueue.ts";

const REQUEST = { url: "https://videos.example/7", start: 1.5, end: 4 };
const TOKEN = "secret";

/** A queue from both sides. */
interface Sides {
  readonly queue: ClipQueue;
  readonly worker: WorkerQueue;
  readonly close: () => Promise<unknown>;
}

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const open = {
  redis: async (leaseMs: number): Promise<Sides> => {
    const queue = connectRedisQueue(redis.path, { leaseMs });
    const worker = connectRedisQueue(redis.path, { leaseMs });
    return { queue, worker, close: () => Promise.all([queue.close(), worker.close()]) };
  },
  embedded: async (leaseMs: number): Promise<Sides> => {
    const queue = createEmbeddedQueue({ leaseMs, takeMs: 500 });
    const app = new Hono().route("/", createQueueDoor(queue, TOKEN));
    const origin = await listen(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
    return { queue, worker: createQueueClient(origin, TOKEN), close: async () => {} };
  },
};

describe.each(["redis", "embedded"] as const)("the %s queue", (kind) => {
  let sides: Sides;
  const { signal } = new AbortController();
  const reopen = async (leaseMs: number): Promise<void> => {
    await sides.close();
    sides = await open[kind](leaseMs);
  };
  /** The next job, however long a busy machine needs. */
  const takeNext = async (): Promise<TakenJob> => {
    for (;;) {
      const job = await sides.worker.take(signal);
      if (job) return job;
    }
  };
  beforeEach(async () => {
    sides = await open[kind](60_000);
  });
  afterEach(async () => {
    for (let depth = await sides.queue.depth(); depth > 0; depth -= 1)
      await sides.worker.finish(await takeNext(), { status: "done" });
    await sides.close();
  });

  test("hands a job out, the oldest first, and remembers how it ended", async () => {
    const { queue, worker } = sides;
    const [first, second] = [await queue.add(REQUEST), await queue.add(REQUEST)];
    expect(first).toEqual({ ...REQUEST, id: expect.any(String), status: "queued", attempts: 0 });
    expect(await queue.depth()).toBe(2);
    await expect.poll(() => queue.oldestWait()).toBeGreaterThan(0);
    const [a, b] = [await takeNext(), await takeNext()];
    expect([a.id, b.id]).toEqual([first!.id, second!.id]);
    expect(a).toEqual({ ...REQUEST, id: a.id, attempts: 1, lease: expect.any(String) });
    expect(await queue.find(a.id)).toMatchObject({ status: "working", attempts: 1 });
    expect(await worker.finish(a, { status: "done" })).toBe(true);
    expect(await worker.finish(b, { status: "error", error: "It is gone." })).toBe(true);
    expect(await queue.find(a.id)).toEqual({ ...first, status: "done", attempts: 1 });
    expect(await queue.find(b.id)).toEqual({ ...second, status: "error", error: "It is gone.", attempts: 1 });
    expect((await queue.recent()).slice(0, 2).map(({ id }) => id)).toEqual([b.id, a.id]);
    expect([await queue.depth(), await queue.oldestWait()]).toEqual([0, 0]);
  });

  test("gives a job whose worker was killed to another one, whose end is the only one", async () => {
    await reopen(100);
    const { queue, worker } = sides;
    const { id } = (await queue.add(REQUEST))!;
    const killed = await takeNext();
    const again = await takeNext();
    expect(again).toMatchObject({ id, attempts: 2 });
    expect(again.lease).not.toBe(killed.lease);
    expect(await worker.renew(killed)).toBe(false);
    expect(await worker.finish(killed, { status: "error", error: "late" })).toBe(false);
    await worker.release(killed);
    expect(await queue.find(id)).toMatchObject({ attempts: 2 });
  });

  test("lets a worker keep a job that takes longer, as long as it renews it", async () => {
    const { worker, queue } = sides;
    await queue.add(REQUEST);
    const job = await takeNext();
    expect(await worker.renew(job)).toBe(true);
    expect(await worker.finish(job, { status: "done" })).toBe(true);
    expect(await worker.renew(job)).toBe(false);
  });

  test("takes the same end twice, since its answer may be lost", async () => {
    const { worker, queue } = sides;
    await queue.add(REQUEST);
    const job = await takeNext();
    expect(await worker.finish(job, { status: "done" })).toBe(true);
    expect(await worker.finish(job, { status: "done" })).toBe(true);
  });

  test("takes a job back before all others, as if it had not been taken", async () => {
    const { worker, queue } = sides;
    const first = await queue.add(REQUEST);
    await queue.add(REQUEST);
    await worker.release(await takeNext());
    expect(await takeNext()).toMatchObject({ id: first!.id, attempts: 1 });
  });

  test("refuses a job beyond its bound", async () => {
    const { queue } = sides;
    for (let index = 0; index < MAX_WAITING; index += 1) expect(await queue.add(REQUEST)).toBeDefined();
    expect(await queue.add(REQUEST)).toBeUndefined();
    expect(await queue.depth()).toBe(MAX_WAITING);
    expect(await queue.recent()).toHaveLength(20);
  });

  test("never gives one job to two workers that ask at the same time", async () => {
    const { queue } = sides;
    for (let index = 0; index < 20; index += 1) await queue.add(REQUEST);
    const taken = await Promise.all(Array.from({ length: 20 }, takeNext));
    expect(new Set(taken.map(({ id }) => id)).size).toBe(20);
  });

  test("does not know a job that was never added", async () => {
    expect(await sides.queue.find("none")).toBeUndefined();
    const stranger = { ...REQUEST, id: "none", lease: "x", attempts: 1 };
    expect(await sides.worker.renew(stranger)).toBe(false);
    expect(await sides.worker.finish(stranger, { status: "done" })).toBe(false);
  });
});

describe("the door of the embedded queue", () => {
  const door = createQueueDoor(createEmbeddedQueue({ takeMs: 1 }), TOKEN);
  const post = async (path: string, body: string, token = TOKEN): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await door.request(`/queue/${path}`, { method: "POST", body, headers })).status;
  };

  test.each([
    ["a wrong token", "take", "{}", "other!", 401],
    ["a token of another length", "take", "{}", "x", 401],
    ["a body without JSON", "renew", "x", TOKEN, 400],
    ["a body without a job", "release", "null", TOKEN, 400],
    ["an end without an outcome", "finish", "{}", TOKEN, 400],
    ["a body that is too large", "renew", `"${"x".repeat(20_000)}"`, TOKEN, 413],
    ["no body", "take", "", TOKEN, 200],
  ])("answers %s", async (_what, path, body, token, status) => {
    expect(await post(path, body, token)).toBe(status);
  });
});

import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { createCollector } from "@rumkit/server";
import { type Pipeline, Redis, type RedisOptions, ReplyError } from "ioredis";
import { createClient, MultiErrorReply } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { scrape } from "../support/scrape.ts";
import { type RunningRedis, startRedis } from "../support/redisServer.ts";

/** `instrumentCache` around clients of a real Redis: what a client brings without it, it must bring with it. */

let server: RunningRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

let plain: Redis;
beforeEach(async () => {
  plain = new Redis(server.path);
  onTestFinished(() => plain.disconnect());
  await fill();
});

/** Brings the server back to two keys and a hash. */
async function fill(): Promise<void> {
  await plain.flushall();
  await plain.mset({ a: "1", b: "2" });
  await plain.hset("hash", { x: "1", y: "2" });
}

type Counts = Readonly<Record<string, number>>;

function openCollector() {
  const collector = createCollector({ catalog: { app: "shop", routes: ["/"] }, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  return {
    instrumentCache: collector.instrumentCache,
    /** The counts so far, as `{ "get hit": 2 }`. */
    counted: async (): Promise<Counts> => {
      const found: Record<string, number> = {};
      for (const [series, value] of await scrape(collector.app)) {
        const labels = /^cache_operations_total\{.*operation="(.*?)",outcome="(.*?)"/.exec(series);
        if (labels && value > 0) found[`${labels[1]} ${labels[2]}`] = value;
      }
      return found;
    },
  };
}

type Options = Pick<RedisOptions, "retryStrategy" | "lazyConnect" | "enableAutoPipelining">;

function open(options: Options = {}, path = server.path) {
  const { instrumentCache, counted } = openCollector();
  const raw = new Redis({ path, ...options });
  // An error that its callers get as well.
  raw.on("error", () => {});
  onTestFinished(() => raw.disconnect());
  return { redis: instrumentCache("redis", raw), raw, counted, instrumentCache };
}

const HIT = { "get hit": 1 };
const MISS = { "get miss": 1 };
const SET = { "set done": 1 };
const DELETE = { "delete done": 1 };

type Command = readonly [string, ...unknown[]];
type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Each alone, on the keys that `fill` makes. */
const COMMANDS: readonly (readonly [Command, Counts])[] = [
  [["get", "a"], HIT],
  [["get", "none"], MISS],
  [["getBuffer", "a"], HIT],
  [["getBuffer", "none"], MISS],
  [["getex", "a", "EX", 100], HIT],
  [["getdel", "a"], HIT],
  [["getdel", "none"], MISS],
  [["getset", "a", "9"], HIT],
  [["get", "hash"], { "get error": 1 }],
  [["mget", "a", "none", "b"], { "get hit": 2, "get miss": 1 }],
  [["mget", ["a", "none"]], { "get hit": 1, "get miss": 1 }],
  [["mgetBuffer", "a", "none"], { "get hit": 1, "get miss": 1 }],
  [["hget", "hash", "x"], HIT],
  [["hget", "hash", "none"], MISS],
  [["hget", "none", "x"], MISS],
  [["hgetBuffer", "hash", "x"], HIT],
  [["hmget", "hash", "x", "none", "y"], { "get hit": 2, "get miss": 1 }],
  [["hgetall", "hash"], HIT],
  [["hgetall", "none"], MISS],
  [["hgetallBuffer", "none"], MISS],
  [["set", "c", "3"], SET],
  [["set", "c", "3", "EX", 100], SET],
  [["set", "a", "3", "NX"], SET],
  [["setex", "c", 100, "3"], SET],
  [["psetex", "c", 100_000, "3"], SET],
  [["setnx", "a", "3"], SET],
  [["mset", { c: "3", d: "4" }], SET],
  [["msetnx", "c", "3", "d", "4"], SET],
  [["hset", "hash", "z", "3"], SET],
  [["hset", "hash", { z: "3" }], SET],
  [["hmset", "hash", { z: "3" }], SET],
  [["hsetnx", "hash", "x", "3"], SET],
  [["hset", "a", "x", "1"], { "set error": 1 }],
  [["del", "a"], DELETE],
  [["del", "a", "b", "none"], DELETE],
  [["unlink", "a"], DELETE],
  [["hdel", "hash", "x"], DELETE],
  [["exists", "a", "none"], {}],
  [["expire", "a", 100], {}],
  [["persist", "a"], {}],
  [["strlen", "a"], {}],
  [["incr", "a"], {}],
  [["append", "a", "x"], {}],
  [["lpush", "list", "x"], {}],
  [["flushall"], {}],
  [["ping"], {}],
  [["eval", "return redis.call('get', KEYS[1])", 1, "a"], {}],
  [["call", "get", "a"], {}],
];

/** Answers of all kinds that need not be made one by one: none of them changes a key. */
const READS = COMMANDS.filter(([[name]]) =>
  /^(get|getBuffer|h?m?get(Buffer|all)?|strlen|exists)$/.test(name),
);

function sum(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const counts of all)
    for (const [series, value] of Object.entries(counts)) total[series] = (total[series] ?? 0) + value;
  return total;
}

/** The result of a call, or its error. */
async function run(client: object, [name, ...args]: Command): Promise<unknown> {
  try {
    return await (client as Methods)[name]!(...args);
  } catch (error) {
    return error;
  }
}

/** The same with a callback. */
function ask(client: object, [name, ...args]: Command): Promise<unknown> {
  return new Promise((resolve) => {
    (client as Methods)[name]!(...args, (error: unknown, value: unknown) => resolve(error ?? value));
  });
}

describe("a command of ioredis", () => {
  test.each(COMMANDS)("%j counts as %j, and brings what it brings uncounted", async (command, expected) => {
    const { redis, counted } = open();
    const wanted = await run(plain, command);
    await fill();
    expect(await run(redis, command)).toEqual(wanted);
    expect(await counted()).toEqual(expected);
  });

  test.each(COMMANDS)("%j with a callback counts as %j", async (command, expected) => {
    const { redis, counted } = open();
    const rejections: unknown[] = [];
    const onRejection = (error: unknown): void => void rejections.push(error);
    process.on("unhandledRejection", onRejection);
    onTestFinished(() => void process.off("unhandledRejection", onRejection));
    const wanted = await ask(plain, command);
    await fill();
    expect(await ask(redis, command)).toEqual(wanted);
    await turn();
    expect(await counted()).toEqual(expected);
    expect(rejections).toEqual([]);
  });

  test("that is sent in an automatic pipeline counts once", async () => {
    const { redis, counted } = open({ enableAutoPipelining: true });
    expect(await Promise.all([redis.get("a"), redis.get("none"), redis.set("c", "3")])).toEqual([
      "1",
      null,
      "OK",
    ]);
    expect(await counted()).toEqual({ ...HIT, ...MISS, ...SET });
  });
});

describe("many commands of ioredis at once", () => {
  const batch = READS.map(([command]) => command as unknown as unknown[]);
  const expected = sum(READS.map(([, counts]) => counts));

  test.each(["pipeline", "multi"] as const)("in a %s count once each, when it is executed", async (begin) => {
    const { redis, counted } = open();
    const wanted = await plain[begin](batch).exec();
    const chain = redis[begin]() as unknown as Methods;
    for (const [name, ...args] of batch) expect(chain[String(name)]!(...args)).toBe(chain);
    expect(await counted()).toEqual({});
    expect(await chain["exec"]!()).toEqual(wanted);
    expect(await counted()).toEqual(expected);
    expect(wanted).toHaveLength(READS.length);
  });

  test.each(["pipeline", "multi"] as const)("given to %s as a list count, too", async (begin) => {
    const { redis, counted } = open();
    const wanted = await plain[begin](batch).exec();
    expect(await redis[begin](batch).exec()).toEqual(wanted);
    expect(await (redis[begin]() as unknown as Pipeline).addBatch(batch).exec()).toEqual(wanted);
    expect(await counted()).toEqual(sum([expected, expected]));
  });

  test("with callbacks count once, and each callback gets its answer", async () => {
    const { redis, counted } = open();
    const answers: unknown[] = [];
    const answered = (error: unknown, value: unknown): void => void answers.push(error ?? value);
    await new Promise((resolve) => {
      void redis
        .pipeline()
        .get("a", answered)
        .get("hash", answered)
        .set("c", "3", answered)
        .exec((error, all) => resolve(answers.push(error, all?.length)));
    });
    expect(answers).toEqual(["1", expect.any(ReplyError), "OK", null, 3]);
    expect(await counted()).toEqual({ ...HIT, "get error": 1, ...SET });
  });

  test("writes and deletes count as they end", async () => {
    const { redis, counted } = open();
    const commands = [
      ["mset", "c", "3", "d", "4"],
      ["hset", "a", "x", "1"],
      ["del", "c", "d"],
      ["unlink", "b"],
    ];
    const answers = await redis.multi(commands).exec();
    expect(answers?.map(([error, value]) => error ?? value)).toEqual(["OK", expect.any(ReplyError), 2, 1]);
    expect(await counted()).toEqual({ ...SET, "set error": 1, "delete done": 2 });
  });

  test("a transaction within a pipeline counts its commands by what EXEC brings", async () => {
    const { redis, counted } = open();
    const build = (client: Redis) => {
      const pipeline = client.pipeline() as unknown as Methods;
      const inner: Command[] = [
        ["get", "none"],
        ["mget", "a", "none"],
        ["hgetall", "none"],
      ];
      const all: Command[] = [["get", "a"], ["multi"], ...inner, ["exec"], ["set", "c", "3"]];
      for (const [name, ...args] of all) expect(pipeline[name]!(...args)).toBe(pipeline);
      return pipeline["exec"]!();
    };
    expect(await build(redis)).toEqual(await build(plain));
    expect(await counted()).toEqual({ "get hit": 2, "get miss": 3, ...SET });
  });

  test("a transaction that is sent one by one counts when it is executed", async () => {
    const { redis, counted } = open();
    await redis.multi({ pipeline: false });
    expect([await redis.get("a"), await redis.mget("b", "none"), await redis.set("c", "3")]).toEqual(
      Array.from({ length: 3 }, () => "QUEUED"),
    );
    expect(await counted()).toEqual({});
    expect(await redis.exec()).toEqual([
      [null, "1"],
      [null, ["2", null]],
      [null, "OK"],
    ]);
    expect(await counted()).toEqual({ "get hit": 2, ...MISS, ...SET });
    await redis.multi({ pipeline: false });
    await redis.get("a");
    await redis.discard();
    expect(await redis.get("none")).toBe(null);
    expect(await counted()).toEqual({ "get hit": 2, "get miss": 2, ...SET });
  });

  test("what the server refuses to queue fails with all that is queued, and what comes later counts", async () => {
    const { redis, counted } = open();
    const broken = redis.multi([["get", "a"], ["get"]]);
    await expect(broken.exec()).rejects.toThrow("EXECABORT");
    expect(await counted()).toEqual({ "get error": 2 });
    await redis.multi({ pipeline: false });
    await redis.set("c", "3");
    await expect(run(redis, ["get"])).resolves.toBeInstanceOf(ReplyError);
    await expect(redis.exec()).rejects.toThrow("EXECABORT");
    expect(await redis.get("c")).toBe(null);
    expect(await counted()).toEqual({ "get error": 3, "set error": 1, ...MISS });
  });

  test("a transaction that WATCH ends has run nothing, and counts nothing", async () => {
    const { redis, counted } = open();
    await redis.watch("a");
    await plain.set("a", "changed");
    expect(await redis.multi().get("a").set("b", "3").exec()).toBe(null);
    expect(await counted()).toEqual({});
  });
});

describe("a server that is gone", () => {
  test("is an error of each command: in flight, later, in a pipeline, with callbacks", async () => {
    const dying = await startRedis();
    const { redis, raw, counted } = open({ retryStrategy: () => null }, dying.path);
    await redis.set("a", "1");
    const closed = once(raw, "end");
    // What comes behind it waits for its answer.
    const calls = [
      ["blpop", "none", 0],
      ["get", "a"],
      ["mget", "a", "b"],
      ["set", "a", "2"],
    ] as const;
    const inFlight = Promise.all(calls.map((command) => run(redis, command)));
    const inPipeline = redis.pipeline().get("a").del("a").exec();
    const piped = inPipeline.then(
      (answers) => answers?.map(([error]) => error),
      (error: unknown) => [error],
    );
    await dying.stop();
    await closed;
    expect(await inFlight).toEqual(calls.map(() => expect.any(Error)));
    expect(await piped).toContainEqual(expect.any(Error));
    expect(await counted()).toEqual({ ...SET, "get error": 3, "set error": 1, "delete error": 1 });
    await expect(redis.get("a")).rejects.toThrow("Connection is closed");
    expect(await ask(redis, ["get", "a"])).toBeInstanceOf(Error);
    await expect(redis.multi().get("a").exec()).rejects.toThrow("Connection is closed");
    await turn();
    expect(await counted()).toEqual({ ...SET, "get error": 6, "set error": 1, "delete error": 1 });
  });
});

describe("a counted client of ioredis", () => {
  test("is the same to the app: class, state, events, own commands, subscriptions", async () => {
    const { redis, raw } = open({ lazyConnect: true });
    expect([redis instanceof Redis, redis.constructor, redis.status]).toEqual([
      true,
      raw.constructor,
      "wait",
    ]);
    const ready = once(redis, "ready");
    await redis.connect();
    await ready;
    expect(redis.on("message", () => {})).toBe(redis);
    expect(raw.listenerCount("message")).toBe(1);
    redis.defineCommand("double", { numberOfKeys: 1, lua: "return redis.call('get', KEYS[1]) * 2" });
    expect(await run(redis, ["double", "a"])).toBe(2);
    const keys: string[] = [];
    for await (const some of redis.scanStream()) keys.push(...(some as string[]));
    expect(keys.toSorted()).toEqual(["a", "b", "hash"]);
    const message = once(redis, "message");
    await redis.subscribe("news");
    await plain.publish("news", "hi");
    expect(await message).toEqual(["news", "hi"]);
    const end = once(redis, "end");
    expect(await redis.quit()).toBe("OK");
    await end;
    expect(redis.status).toBe("end");
  });

  test("makes copies of itself that are not counted, unless the app asks for it", async () => {
    const { redis, counted, instrumentCache } = open();
    const copy = redis.duplicate();
    onTestFinished(() => copy.disconnect());
    expect([copy instanceof Redis, await copy.get("a")]).toEqual([true, "1"]);
    expect(await counted()).toEqual({});
    expect(await instrumentCache("copy", copy).get("a")).toBe("1");
    expect(await counted()).toEqual(HIT);
  });
});

describe("a client of redis", () => {
  async function openClient() {
    const { instrumentCache, counted } = openCollector();
    const raw = createClient({ socket: { path: server.path, tls: false } });
    await raw.connect();
    onTestFinished(() => raw.close());
    return { client: instrumentCache("redis", raw), raw, counted };
  }

  test("counts the same commands by its own names", async () => {
    const { client, counted } = await openClient();
    expect(await client.get("a")).toBe("1");
    expect(await client.GET("none")).toBe(null);
    expect(await client.mGet(["a", "none"])).toEqual(["1", null]);
    expect(await client.hGetAll("none")).toEqual({});
    expect(await client.hmGet("hash", ["x", "none"])).toEqual(["1", null]);
    await client.setEx("c", 100, "3");
    await client.mSet({ d: "4" });
    await client.unlink(["c", "d"]);
    expect(await client.sendCommand(["GET", "a"])).toBe("1");
    await expect(client.get("hash")).rejects.toThrow("WRONGTYPE");
    expect(await counted()).toEqual({
      "get hit": 3,
      "get miss": 4,
      "set done": 2,
      ...DELETE,
      "get error": 1,
    });
  });

  test("counts its transactions and pipelines, also where one command of many fails", async () => {
    const { client, counted } = await openClient();
    // Answers that are lists of two.
    expect(await client.multi().mGet(["a", "none"]).mGet(["none", "b"]).exec()).toEqual([
      ["1", null],
      [null, "2"],
    ]);
    expect(await counted()).toEqual({ "get hit": 2, "get miss": 2 });
    expect(await client.multi().get("a").set("c", "3").execAsPipeline()).toEqual(["1", "OK"]);
    expect(await counted()).toEqual({ "get hit": 3, "get miss": 2, ...SET });
    const failing = client.multi().get("a").get("hash").del("c").exec();
    await expect(failing).rejects.toThrow(MultiErrorReply);
    expect(await counted()).toEqual({
      "get hit": 4,
      "get miss": 2,
      "get error": 1,
      ...SET,
      ...DELETE,
    });
  });
});

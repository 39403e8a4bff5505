import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type KeptRedis, startKeptRedis } from "../../../../test/support/keptRedis.ts";
import type { Broker, BrokerError, KeptMessage, Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { openRedis } from "./redisBroker.ts";

let server: KeptRedis;
beforeAll(async () => {
  server = await startKeptRedis();
});
afterAll(() => server.stop());

let apps = 0;

async function open(options: Partial<DriverOptions> = {}, url = server.url): Promise<Broker> {
  const broker = await openRedis({
    url,
    app: `app${(apps += 1)}`,
    duplicateWindowMs: 120_000,
    retentionMs: 3_600_000,
    answerMs: 5_000,
    longestOutageMs: 0,
    monitor: [],
    ...options,
  });
  onTestFinished(() => broker.close());
  return broker;
}

const send = (broker: Broker, id: string, body = id, topic: Topic = "batches.0"): Promise<void> =>
  broker.publish(topic, { id, body: Buffer.from(body) });

async function take(broker: Broker, from: number, count: number): Promise<readonly string[]> {
  const found: KeptMessage[] = [];
  const stop = new AbortController();
  for await (const chunk of broker.read("batches.0", from, stop.signal)) {
    found.push(...chunk);
    if (found.length >= count) break;
  }
  return found.map(({ sequence, body }) => `${sequence} ${Buffer.from(body).toString()}`);
}

async function command(url: string, ...words: string[]): Promise<unknown> {
  const client = createClient({ url });
  await client.connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

test("a log without the app is refused with those that it has, and gets no key, if it must not be created", async () => {
  const app = "redis-shop";
  await open({ app, partitions: 3 });
  const refused = {
    code: "refused",
    message: expect.stringMatching(/app shpo\. It has .*redis-shop/) as string,
  };
  for (const _ of [1, 2]) await expect(open({ app: "shpo", create: false })).rejects.toMatchObject(refused);
  expect(await command(server.url, "KEYS", "shpo*")).toEqual([]);
  expect((await open({ app, create: false })).partitions).toBe(3);
});

describe("the retention", () => {
  test("removes what is older, and nothing else", async () => {
    const broker = await open({ retentionMs: 500 });
    await send(broker, "a");
    await send(broker, "b");
    await expect
      .poll(async () => {
        await send(broker, `c${Math.random()}`);
        return (await broker.bounds("batches.0")).first;
      })
      .toBeGreaterThan(2);
    await expect(take(broker, 1, 1)).rejects.toMatchObject({ code: "trimmed" });
    const { first, last } = await broker.bounds("batches.0");
    expect(await take(broker, first, last - first + 1)).toHaveLength(last - first + 1);
  });

  test("makes room in a full topic", async () => {
    const broker = await open({ retentionMs: 1_000, maxBytes: 65_536 });
    const body = "x".repeat(20_000);
    let sent = 0;
    const outcome = async (): Promise<string> => {
      try {
        await send(broker, `${sent}`, body);
        sent += 1;
        return "sent";
      } catch (error) {
        return (error as BrokerError).code;
      }
    };
    await expect.poll(outcome, { interval: 1 }).toBe("full");
    await expect.poll(outcome).toBe("sent");
    // The sequence goes on, though the first messages are gone.
    const { first, last } = await broker.bounds("batches.0");
    expect(last).toBe(sent);
    expect(first).toBeGreaterThan(1);
  });
});

test("the topic of unreadable messages drops its oldest ones instead of refusing", async () => {
  const broker = await open();
  const body = "x".repeat(8_000_000);
  for (let at = 0; at < 9; at += 1) await send(broker, `${at}`, body, "dead");
  const { first, last } = await broker.bounds("dead");
  expect(last).toBe(9);
  expect(first).toBeGreaterThan(1);
});

test("a full memory refuses messages, and keeps those that it has", async () => {
  const small = await startKeptRedis(["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]);
  onTestFinished(() => small.stop());
  const broker = await open({}, small.url);
  let sent = 0;
  const fill = async (): Promise<void> => {
    for (;;) {
      await send(broker, `${sent}`, "x".repeat(50_000));
      sent += 1;
    }
  };
  await expect(fill()).rejects.toMatchObject({ code: "full" });
  expect(sent).toBeGreaterThan(0);
  expect(await broker.bounds("batches.0")).toEqual({ first: 1, last: sent });
});

test("a server that forgets its scripts is given them again", async () => {
  const broker = await open();
  await send(broker, "a");
  await command(server.url, "SCRIPT", "FLUSH");
  await send(broker, "b");
  expect(await take(broker, 1, 2)).toEqual(["1 a", "2 b"]);
});

test("a key that holds something else refuses messages", async () => {
  const broker = await open({ app: "taken" });
  await command(server.url, "SET", "taken:rumkit:{batches.0}", "text");
  await expect(send(broker, "a")).rejects.toMatchObject({ code: "refused" });
});

describe("replicas", () => {
  test("have a message before it is acknowledged", async () => {
    const replica = await startKeptRedis(["--replicaof", "127.0.0.1", String(server.port)]);
    onTestFinished(() => replica.stop());
    await expect.poll(async () => String(await command(server.url, "INFO"))).toContain("state=online");
    const broker = await open({ replicas: 2, app: "copied", answerMs: 1_000 });
    await Promise.all(Array.from({ length: 100 }, (_, at) => send(broker, `${at}`)));
    expect(await command(replica.url, "XLEN", "copied:rumkit:{batches.0}")).toBe(100);

    replica.signal("SIGSTOP");
    await expect(send(broker, "late")).rejects.toMatchObject({ code: "gone" });
    // The message is kept, but is it copied? Its second one waits, too.
    await expect(send(broker, "late")).rejects.toMatchObject({ code: "gone" });
    replica.signal("SIGCONT");
    await expect
      .poll(() =>
        send(broker, "late").then(
          () => "sent",
          () => "gone",
        ),
      )
      .toBe("sent");
    expect(await command(replica.url, "XLEN", "copied:rumkit:{batches.0}")).toBe(101);
  });
});

test("a server that became a replica is left for the one that the address leads to by now", async () => {
  const old = await startKeptRedis();
  const next = await startKeptRedis(["--replicaof", "127.0.0.1", String(old.port)]);
  let target = old.port;
  const address = createServer((socket) => {
    const onward = connect(target, "127.0.0.1");
    for (const [from, to] of [[socket, onward] as const, [onward, socket] as const])
      from
        .on("error", () => {})
        .once("close", () => to.destroy())
        .pipe(to);
  }).listen(0, "127.0.0.1");
  await once(address, "listening");
  onTestFinished(async () => {
    address.close();
    await Promise.all([old.stop(), next.stop()]);
  });
  const { port } = address.address() as { readonly port: number };
  const broker = await open({ app: "moved" }, `redis://127.0.0.1:${port}`);
  await send(broker, "a");
  await expect.poll(() => command(next.url, "XLEN", "moved:rumkit:{batches.0}")).toBe(1);

  await command(next.url, "REPLICAOF", "NO", "ONE");
  await command(old.url, "REPLICAOF", "127.0.0.1", String(next.port));
  target = next.port;
  await expect
    .poll(() =>
      send(broker, "b").then(
        () => "sent",
        () => "gone",
      ),
    )
    .toBe("sent");
  expect(await take(broker, 1, 2)).toEqual(["1 a", "2 b"]);
});

describe("check", () => {
  async function findings(settings: readonly string[], options: Partial<DriverOptions> = {}) {
    const set = await startKeptRedis(settings);
    onTestFinished(() => set.stop());
    const broker = await open(options, set.url);
    const found = await broker.check();
    return found.filter(({ severity }) => severity === "unsafe").map(({ message }) => message);
  }

  test("finds nothing unsafe in safe settings", async () => {
    expect(await findings([])).toEqual([]);
  });

  test.each([
    ["memory alone", ["--appendonly", "no"], /^Redis keeps messages in memory alone/],
    ["a file that is synced later", ["--appendfsync", "everysec"], /appendfsync everysec/],
    [
      "a file that is not synced while it is rewritten",
      ["--no-appendfsync-on-rewrite", "yes"],
      /while it rewrites/,
    ],
    [
      "eviction",
      ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"],
      /maxmemory-policy allkeys-lru/,
    ],
  ])("names %s", async (_, settings, message) => {
    expect(await findings(settings)).toEqual([expect.stringMatching(message)]);
  });

  test("says which settings it cannot read", async () => {
    const found = await findings(["--rename-command", "CONFIG", ""]);
    expect(found).toEqual([
      expect.stringMatching(/^Redis does not tell its setting appendfsync \(ERR unknown command/),
      expect.stringMatching(/^Redis does not tell its setting no-appendfsync-on-rewrite/),
      expect.stringMatching(/^Redis does not tell its setting min-replicas-to-write/),
    ]);
  });

  test("names a retention that is shorter than the longest outage", async () => {
    expect(await findings([], { longestOutageMs: 7_200_000 })).toEqual([
      "Messages are kept for 1 h; an outage may take 2 h: raise retentionMs.",
    ]);
  });

  test("names replicas that a failover would fall back to, and a replica itself", async () => {
    const primary = await startKeptRedis();
    const replica = await startKeptRedis(["--replicaof", "127.0.0.1", String(primary.port)]);
    onTestFinished(async () => {
      await replica.stop();
      await primary.stop();
    });
    await expect.poll(async () => String(await command(primary.url, "INFO"))).toContain("state=online");
    const broker = await open({ app: "both" }, primary.url);
    expect((await broker.check())[1]).toMatchObject({
      severity: "unsafe",
      message: expect.stringMatching(
        /^Redis has 1 replica\(s\) and acknowledges messages before they have them/,
      ),
    });
    await command(primary.url, "CONFIG", "SET", "min-replicas-to-write", "1");
    expect((await broker.check()).filter(({ severity }) => severity === "unsafe")).toEqual([]);
    await expect.poll(() => command(replica.url, "EXISTS", "both:rumkit:{records}")).toBe(1);
    const wrong = await open({ app: "both" }, replica.url);
    expect((await wrong.check()).map(({ message }) => message)).toContain(
      "This Redis is a replica: it takes no messages. Use the address of the primary.",
    );
    await expect(send(wrong, "a")).rejects.toMatchObject({ code: "gone" });
  });
});

/** Kills; `KILLS=100` for the whole proof. */
const KILLS = Number(process.env["KILLS"] ?? 3);

test(`${KILLS} SIGKILLs lose nothing that was acknowledged, and double nothing within the window`, async () => {
  const killed = await startKeptRedis();
  onTestFinished(() => killed.stop());
  const broker = await open({}, killed.url);
  const acknowledged = new Set<string>();
  const stop = new AbortController();
  let next = 0;
  const publishing = Array.from({ length: 8 }, async () => {
    while (!stop.signal.aborted) {
      const id = `m${(next += 1)}`;
      // Until it is acknowledged, as an edge does.
      while (
        !(await send(broker, id).then(
          () => true,
          () => false,
        ))
      )
        await wait(5);
      acknowledged.add(id);
    }
  });
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = acknowledged.size;
    await expect.poll(() => acknowledged.size).toBeGreaterThan(before + 100);
    await killed.kill();
    await killed.start();
  }
  stop.abort();
  await Promise.all(publishing);
  const { last } = await broker.bounds("batches.0");
  const kept = (await take(broker, 1, last)).map((line) => line.split(" ")[1]!);
  expect(new Set(kept)).toEqual(acknowledged);
  expect(kept).toHaveLength(acknowledged.size);
});

import type * as RedisPackage from "redis";
import { loadOptional } from "../base/optionalPackage.ts";
import { agreeOnPartitions } from "./agreeOnPartitions.ts";
import { type Bounds, type Broker, BrokerError, type KeptMessage, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { missingLog } from "./missingLog.ts";
import { checkRedis } from "./redisCheck.ts";
import { closed, RedisLink } from "./redisLink.ts";
import { createPublish } from "./redisPublish.ts";
import { readStream, toSequence } from "./redisReader.ts";
import { createRedisRecords, listRecordKeys } from "./redisRecords.ts";
import { createConfirm } from "./redisReplicas.ts";
import { BOUNDS } from "./redisScripts.ts";

const REDIS = "redis";

/** Opens a log in the streams of Redis: one for each topic. All keys begin with the app's name and `:rumkit:`. */
export async function openRedis(options: DriverOptions): Promise<Broker> {
  const redis = await loadOptional<typeof RedisPackage>(REDIS);
  const openLink = (): RedisLink => new RedisLink({ ...options, redis });
  const link = openLink();
  try {
    const prefix = `${options.app}:rumkit`;
    const confirm = createConfirm(link, options);
    const records = createRedisRecords(link, prefix, confirm);
    const refuse = options.create === false ? () => refuseMissing(link, options.app) : undefined;
    const partitions = await agreeOnPartitions(records, options.partitions, refuse);
    const keyOf = createKeyOf(prefix, partitions);
    const readers = createReaders(openLink);
    const bounds = (topic: Topic): Promise<Bounds> => readBounds(link, keyOf(topic));
    return {
      engine: "redis",
      partitions,
      records,
      publish: createPublish(link, keyOf, confirm, options),
      read: (topic, from, signal) => readers.read(keyOf(topic), from, signal, () => bounds(topic)),
      bounds,
      check: () => checkRedis(link, options),
      close: async () => {
        readers.close();
        await link.close();
      },
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

async function refuseMissing(link: RedisLink, app: string): Promise<never> {
  throw missingLog(app, await listRecordKeys(link), /^(.+):rumkit:\{records\}$/);
}

/** Returns the names of streams. Keys of a topic have one hash tag, since one script changes them. */
function createKeyOf(prefix: string, partitions: number): (topic: Topic) => string {
  const batches = Array.from({ length: partitions }, (_, partition) => `batches.${partition}`);
  const topics = new Set<string>([...batches, "frames", "dead"]);
  return (topic) => {
    if (topics.has(topic)) return `${prefix}:{${topic}}`;
    throw new BrokerError("refused", `[rumkit] The log has no topic ${topic}.`);
  };
}

async function readBounds(link: RedisLink, stream: string): Promise<Bounds> {
  const [lastId, firstId] = (await link.runScript(BOUNDS, [stream], [])) as readonly Buffer[];
  const last = toSequence(lastId!);
  return { first: firstId ? toSequence(firstId) : last + 1, last };
}

interface Readers {
  read(
    stream: string,
    from: number,
    signal: AbortSignal,
    bounds: () => Promise<Bounds>,
  ): AsyncGenerator<readonly KeptMessage[]>;
  /** Ends all of them with an error. */
  close(): void;
}

function createReaders(openLink: () => RedisLink): Readers {
  const links = new Set<RedisLink>();
  let isClosed = false;
  return {
    read: async function* read(stream, from, signal, bounds) {
      if (isClosed) throw closed();
      // A separate connection: waiting for messages blocks it.
      const link = openLink();
      const end = (): void => link.end();
      signal.addEventListener("abort", end);
      links.add(link);
      try {
        if (!signal.aborted) yield* readStream(link, stream, Math.max(from, 1), bounds);
      } catch (error) {
        if (isClosed) throw closed();
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", end);
        links.delete(link);
        end();
      }
    },
    close: () => {
      isClosed = true;
      for (const link of links) link.end();
    },
  };
}

import type * as Redis from "redis";
import { toBrokerError } from "./redisErrors.ts";
import { BrokerError } from "./broker.ts";

export type Argument = string | Buffer;

/** Texts come as a `Buffer`, so that a body stays what it was. */
export type Reply = Buffer | number | null | readonly Reply[];

export interface ConnectionOptions {
  readonly redis: typeof Redis;
  readonly url: string;
  /** Milliseconds for a connection and for an answer. */
  readonly answerMs: number;
  /** More options of its client. */
  readonly client?: Readonly<Record<string, unknown>> | undefined;
}

/** A connection that was opened once: after its loss all commands reject. */
export interface RedisConnection {
  /**
   * Runs a command. `wait` is the time in milliseconds that Redis may take before it answers, default 0. Redis that answers
   * later than that and the timeout ends the connection: what was sent may have been done.
   */
  run(command: readonly Argument[], wait?: number): Promise<Reply>;
  /** Ends it at once: commands under way reject. */
  cut(): void;
  readonly isOpen: boolean;
}

export async function connectRedis(options: ConnectionOptions): Promise<RedisConnection> {
  const { answerMs } = options;
  const client = createClient(options);
  // Commands and the connection itself reject with the same error.
  client.on("error", () => {});
  const cut = (): void => {
    if (client.isOpen) client.destroy();
  };
  await within(client.connect(), answerMs, cut);
  return {
    run: (command, wait = 0) => within(client.sendCommand<Reply>(command), wait + answerMs, cut),
    cut,
    get isOpen() {
      return client.isReady;
    },
  };
}

function createClient({ redis, url, answerMs, client }: ConnectionOptions) {
  return redis.createClient({
    ...client,
    url,
    RESP: 2,
    // A lost connection is opened again by the next command, not in the background.
    socket: {
      ...(client?.["socket"] as object | undefined),
      reconnectStrategy: false,
      connectTimeout: answerMs,
    },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandOptions: { typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

async function within<Result>(result: Promise<Result>, timeout: number, cut: () => void): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new BrokerError("gone", `[rumkit] Redis does not answer within ${timeout} ms.`));
      cut();
    }, timeout);
  });
  try {
    return await Promise.race([result, late]);
  } catch (error) {
    const fault = toBrokerError(error);
    // Also of a server that became a replica: the address may lead to another one by now.
    if (fault.code === "gone") cut();
    throw fault;
  } finally {
    clearTimeout(timer);
  }
}

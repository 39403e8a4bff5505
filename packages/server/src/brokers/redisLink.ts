import { BrokerError } from "./broker.ts";
import {
  type Argument,
  connectRedis,
  type ConnectionOptions,
  type RedisConnection,
  type Reply,
} from "./redisConnection.ts";
import type { Script } from "./redisScripts.ts";

/** Redis, over one connection. It is opened by the first command, and again by the first after its loss. */
export class RedisLink {
  readonly #options: ConnectionOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #connection: RedisConnection | undefined;
  #opening: Promise<RedisConnection> | undefined;
  #generation = 0;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Rises with each connection. */
  get generation(): number {
    return this.#generation;
  }

  /** Runs a command, once: what was sent before an error may have been done. Throws a `BrokerError`. */
  async run(command: readonly Argument[], wait = 0): Promise<Reply> {
    if (this.#isClosed) throw closed();
    const reply = this.#connect().then((connection) => connection.run(command, wait));
    this.#underWay.add(reply);
    try {
      return await reply;
    } finally {
      this.#underWay.delete(reply);
    }
  }

  async runScript(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.run(["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      // Redis forgets its scripts when it restarts.
      if (!(error as Error).message.includes("NOSCRIPT")) throw error;
      return await this.run(["EVAL", script.source, ...rest]);
    }
  }

  /** Resolves when commands under way are answered or refused. Further ones reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    this.end();
  }

  /** Ends the connection at once: commands under way reject, further ones too. */
  end(): void {
    this.#isClosed = true;
    this.#connection?.cut();
  }

  async #connect(): Promise<RedisConnection> {
    if (this.#connection?.isOpen) return this.#connection;
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return await this.#opening;
  }

  async #open(): Promise<RedisConnection> {
    const connection = await connectRedis(this.#options);
    if (this.#isClosed) {
      connection.cut();
      throw closed();
    }
    this.#generation += 1;
    this.#connection = connection;
    return connection;
  }
}

export const closed = (): BrokerError => new BrokerError("closed", "[rumkit] The log was closed.");

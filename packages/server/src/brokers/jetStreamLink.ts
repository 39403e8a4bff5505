import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type * as JetStreamPackage from "@nats-io/jetstream";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import type * as TransportPackage from "@nats-io/transport-node";
import { loadOptional } from "../base/optionalPackage.ts";
import { BrokerError } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { brokerErrorOf } from "./jetStreamErrors.ts";

const TRANSPORT = "@nats-io/transport-node";
const JETSTREAM = "@nats-io/jetstream";

/** Milliseconds that a stream may take to be created. */
const CREATION_MS = 20_000;

/** A connection that the client renews by itself, but whose loss is not hidden. */
export interface JetStreamLink {
  readonly nats: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** The same with more patience: servers of a cluster choose a leader for each stream that is created. */
  readonly slow: JetStreamManager;
  readonly headers: typeof TransportPackage.headers;
  readonly createInbox: typeof TransportPackage.createInbox;
  /**
   * Settles as the request does. Rejects with a `BrokerError`; with `gone` as soon as the connection is lost: the client
   * would wait for an answer that never comes.
   */
  ask<Answer>(asked: string, request: () => Promise<Answer>): Promise<Answer>;
  /** Runs a listener at the next loss of the connection. Returns what removes it. */
  onLost(listener: (error: BrokerError) => void): () => void;
  close(): Promise<void>;
}

export async function connectJetStream(options: DriverOptions): Promise<JetStreamLink> {
  const transport = await loadOptional<typeof TransportPackage>(TRANSPORT);
  const { jetstream, jetstreamManager } = await loadOptional<typeof JetStreamPackage>(JETSTREAM);
  const { answerMs } = options;
  let nats: NatsConnection | undefined;
  try {
    nats = await transport.connect(connectionOptions(options));
    const jsm = await jetstreamManager(nats, { timeout: answerMs });
    const slow = await jetstreamManager(nats, { timeout: answerMs + CREATION_MS, checkAPI: false });
    const js = jetstream(nats, { timeout: answerMs });
    return {
      ...watch(nats),
      nats,
      js,
      jsm,
      slow,
      headers: transport.headers,
      createInbox: transport.createInbox,
    };
  } catch (error) {
    await nats?.close();
    const { name } = error as Error;
    if (name === "JetStreamNotEnabled")
      throw new BrokerError("refused", "[rumkit] NATS runs without JetStream: start it with -js.", error);
    throw brokerErrorOf(error, "connect");
  }
}

function connectionOptions({ url, app, answerMs, client }: DriverOptions): ConnectionOptions {
  const [, scheme = "", login = "", hosts = ""] = /^(\w+):\/\/(?:([^@]*)@)?(.*?)\/?$/.exec(url) ?? [];
  const [user, pass] = login.split(":").map(decodeURIComponent);
  return {
    servers: hosts.split(","),
    name: `rumkit ${app}`,
    ...(pass === undefined ? user && { token: user } : { user: user!, pass }),
    ...(scheme === "tls" && { tls: {} }),
    timeout: answerMs,
    // For ever: an edge that gave up would never empty its spool.
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    // A peer that no longer answers is lost after two pings.
    pingInterval: 2_000,
    maxPingOut: 2,
    // An error's stack would be taken for each message.
    noAsyncTraces: true,
    ...client,
  };
}

const LOST = "[rumkit] NATS: the connection is lost.";

function watch(nats: NatsConnection): Pick<JetStreamLink, "ask" | "onLost" | "close"> {
  const listeners = new Set<(error: BrokerError) => void>();
  let down: BrokerError | undefined;
  const lose = (error: BrokerError): void => {
    down = error;
    for (const listener of listeners) listener(error);
  };
  void (async () => {
    for await (const { type } of nats.status()) {
      if (type === "disconnect") lose(new BrokerError("gone", LOST));
      else if (type === "reconnect" && down?.code === "gone") down = undefined;
    }
  })();
  const onLost = (listener: (error: BrokerError) => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const underWay = new Set<Promise<unknown>>();
  return {
    onLost,
    ask: (asked, request) => {
      // Not sent: the client would keep it in memory until it is connected again.
      if (down) return Promise.reject(down);
      const answer = untilLost(asked, request, onLost);
      underWay.add(answer);
      const done = (): void => void underWay.delete(answer);
      answer.then(done, done);
      return answer;
    },
    close: async () => {
      down ??= new BrokerError("closed", "[rumkit] The log is closed.");
      await Promise.allSettled(underWay);
      lose(new BrokerError("closed", "[rumkit] The log is closed."));
      await nats.close();
    },
  };
}

function untilLost<Answer>(
  asked: string,
  request: () => Promise<Answer>,
  onLost: JetStreamLink["onLost"],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const forget = onLost(reject);
    request()
      .then(resolve, (error: unknown) => reject(brokerErrorOf(error, asked)))
      .finally(forget);
  });
}

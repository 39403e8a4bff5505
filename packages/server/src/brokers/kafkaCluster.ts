import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type * as KafkaPackage from "kafkajs";
import type { DriverOptions } from "./brokerOptions.ts";

/**
 * The part of kafkajs that speaks to brokers. Its public consumer always joins a group and keeps positions there; a reader here
 * keeps its position itself, and asks for one partition from an offset on.
 */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  /** Partitions by the id of their leader. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>;
  findBroker(place: { readonly nodeId: string }): Promise<Node>;
  getNodeIds(): readonly string[];
}

/** One broker of the cluster. */
export interface Node {
  metadata(topics: readonly string[]): Promise<Metadata>;
  initProducerId(request: { readonly transactionTimeout: number }): Promise<Producer>;
  produce(request: ProduceRequest): Promise<ProduceResponse>;
  fetch(request: FetchRequest): Promise<FetchResponse>;
  listOffsets(request: ListOffsetsRequest): Promise<ListOffsetsResponse>;
  createTopics(request: { readonly topics: readonly NewTopic[]; readonly timeout: number }): Promise<unknown>;
  describeConfigs(request: { readonly resources: readonly Resource[] }): Promise<ConfigsResponse>;
}

export interface Metadata {
  readonly brokers: readonly { readonly nodeId: number }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly PartitionMetadata[];
  }[];
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** The identity of a producer, by which a broker drops a batch that it has. */
export interface Producer {
  readonly producerId: unknown;
  readonly producerEpoch: number;
}

export interface OutgoingRecord {
  readonly key: string;
  readonly value: Buffer | null;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

interface ProduceRequest extends Partial<Producer> {
  readonly acks: -1;
  readonly timeout: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly OutgoingRecord[];
    }[];
  }[];
}

interface ProduceResponse {
  readonly topics: readonly { readonly partitions: readonly { readonly baseOffset: string }[] }[];
}

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: 0;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly FetchedRecord[] }[];
  }[];
}

export interface FetchedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

interface ListOffsetsRequest {
  readonly replicaId: -1;
  readonly isolationLevel: 0;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly timestamp: -1 | -2 }[];
  }[];
}

interface ListOffsetsResponse {
  readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[];
}

export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configEntries: readonly { readonly name: string; readonly value: string }[];
}

interface Resource {
  /** 2: a topic. */
  readonly type: 2;
  readonly name: string;
}

interface ConfigsResponse {
  readonly resources: readonly {
    readonly resourceName: string;
    readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
  }[];
}

const CREATE = "private:Kafka:createCluster";

/** A cluster with separate connections. */
export interface OpenCluster {
  readonly cluster: Cluster;
  /** Ends its connections at once. kafkajs itself waits for the answers of a broker that hangs. */
  readonly cut: () => void;
}

/** Opens a cluster, with connections that no other one uses: waiting for messages blocks one. */
export function openCluster(kafkajs: typeof KafkaPackage, options: DriverOptions): OpenCluster {
  const { url, answerMs, client } = options;
  const sockets = new Set<Socket>();
  const { hostname, username, password } = new URL(url.replace(/,.*$/, ""));
  if (hostname === "") throw new TypeError("[rumkit] openBroker: url names no broker.");
  const kafka = new kafkajs.Kafka({
    clientId: "rumkit",
    brokers: brokersOf(url),
    ...(username && {
      sasl: {
        mechanism: "scram-sha-512",
        username: decodeURIComponent(username),
        password: decodeURIComponent(password),
      },
    }),
    ...client,
    socketFactory: createSocketFactory(sockets),
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: answerMs,
    // Each request is repeated here, or by its caller, and has its own time.
    enforceRequestTimeout: false,
    retry: { retries: 0 },
  });
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE);
  if (!symbol)
    throw new TypeError("[rumkit] This version of kafkajs is not known: npm install kafkajs@2.2.4.");
  const create = (kafka as unknown as Readonly<Record<symbol, (options: object) => Cluster>>)[symbol]!;
  return {
    cluster: create({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 }),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const KEEP_ALIVE_MS = 60_000;

/** The factory of kafkajs, with a list of the sockets that are open. */
function createSocketFactory(sockets: Set<Socket>): KafkaPackage.ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
}

/** Returns the brokers of `kafka://user:password@a:9092,b:9092`. The port is 9092 by default. */
function brokersOf(url: string): string[] {
  const [, list = ""] = /^[a-z]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url) ?? [];
  return list.split(",").map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`));
}

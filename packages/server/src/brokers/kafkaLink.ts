import { BrokerError } from "./broker.ts";
import type { Cluster, Node, OpenCluster } from "./kafkaCluster.ts";
import { toKafkaError } from "./kafkaErrors.ts";

/** One partition of a topic of Kafka. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Kafka, over connections that the first request opens, and the first after their loss. A request is sent once: what was
 * sent before an error may have been done.
 */
export class KafkaLink {
  readonly #create: () => OpenCluster;
  readonly #answerMs: number;
  readonly #underWay = new Set<Promise<unknown>>();
  /**
   * Reject the requests under way when the connections end: kafkajs itself waits for answers. Not one promise for all, in a
   * race with each answer: it would keep the answers.
   */
  readonly #rejects = new Set<(error: BrokerError) => void>();
  #cluster: Promise<OpenCluster> | undefined;
  /** Cuts the connections of the newest cluster, also while it is opened. */
  #cut: (() => void) | undefined;
  #isClosed = false;

  constructor(create: () => OpenCluster, answerMs: number) {
    this.#create = create;
    this.#answerMs = answerMs;
  }

  /** Asks the leader of a partition. `wait` is the time in milliseconds that it may take before it answers, default 0. */
  askLeader<Answer>(
    place: Place,
    asked: string,
    call: (node: Node) => Promise<Answer>,
    wait = 0,
  ): Promise<Answer> {
    return this.#ask(asked, wait, async (cluster) => call(await findLeader(cluster, place)));
  }

  /** Asks any broker, or the one with this id. */
  askAny<Answer>(asked: string, call: (node: Node) => Promise<Answer>, nodeId?: number): Promise<Answer> {
    return this.#ask(asked, 0, async (cluster) => {
      const id = nodeId === undefined ? cluster.getNodeIds()[0] : String(nodeId);
      if (id === undefined) throw new Error("no broker is known");
      return call(await cluster.findBroker({ nodeId: id }));
    });
  }

  /** Resolves when requests under way are answered or refused. Further ones reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    await this.#drop();
  }

  /** Ends the connections at once: requests under way reject. */
  end(): void {
    this.#isClosed = true;
    for (const reject of this.#rejects) reject(closed());
    void this.#drop(this.#cluster, true);
  }

  async #ask<Answer>(
    asked: string,
    wait: number,
    call: (cluster: Cluster) => Promise<Answer>,
  ): Promise<Answer> {
    if (this.#isClosed) throw closed();
    const opening = this.#open();
    const answer = this.#within(
      opening.then(({ cluster }) => call(cluster)),
      wait + this.#answerMs,
    );
    this.#underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      const fault = toKafkaError(error, asked);
      // Also when another broker leads: the next request learns anew who does.
      if (fault.code === "gone") void this.#drop(opening, fault.cause instanceof NoAnswer);
      throw this.#isClosed ? closed() : fault;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  #open(): Promise<OpenCluster> {
    this.#cluster ??= this.#connect();
    return this.#cluster;
  }

  async #connect(): Promise<OpenCluster> {
    const open = this.#create();
    this.#cut = open.cut;
    try {
      await open.cluster.connect();
      await open.cluster.refreshMetadata();
      return open;
    } catch (error) {
      open.cut();
      this.#cluster = undefined;
      throw error;
    }
  }

  /** Ends connections, and no newer ones. `isHung`: also those that wait for an answer. */
  async #drop(opening = this.#cluster, isHung = false): Promise<void> {
    if (opening === this.#cluster) {
      this.#cluster = undefined;
      if (isHung) this.#cut?.();
    }
    await opening?.then(({ cluster }) => cluster.disconnect()).catch(() => {});
  }

  async #within<Answer>(answer: Promise<Answer>, time: number): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => reject(new NoAnswer(`no answer within ${time} ms`)), time);
    this.#rejects.add(reject);
    answer.then(resolve, reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#rejects.delete(reject);
    }
  }
}

class NoAnswer extends Error {}

async function findLeader(cluster: Cluster, { topic, partition }: Place): Promise<Node> {
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadataIfNecessary();
  const leader = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0];
  if (leader === undefined)
    throw new BrokerError("gone", `[rumkit] Kafka: ${topic}/${partition} is not known.`);
  return await cluster.findBroker({ nodeId: leader });
}

export const closed = (): BrokerError => new BrokerError("closed", "[rumkit] The log was closed.");

/**
 * A log of messages on a distributed engine: NATS JetStream, Redis streams or Kafka. Collectors of several machines share
 * it. The collector trusts it for two things only: an acknowledged message is kept, and the messages of a topic have one
 * order. Whether a message is new, the journal of the aggregator decides.
 */
export interface Broker {
  readonly engine: Engine;
  /** Topics for batches. Fixed when the log is created; all collectors of an app have the same number. */
  readonly partitions: number;
  /**
   * Resolves when the engine has acknowledged the message as its settings promise. Rejects with a `BrokerError`: after
   * `gone` the message may be kept all the same, so a publisher sends it again with the same id.
   */
  publish(topic: Topic, message: OutgoingMessage): Promise<void>;
  /**
   * Reads the messages of a topic in their order, as soon as they arrive, from the sequence `from` on. Ends when `signal`
   * aborts. The next chunk is read when the loop asks for it: a slow consumer takes no memory. Throws a `BrokerError`:
   * `trimmed` if messages from `from` on are no longer kept, `gone` if the engine ends the connection; the consumer reads
   * again from the position that it has kept.
   */
  read(topic: Topic, from: number, signal: AbortSignal): AsyncIterable<readonly KeptMessage[]>;
  /** Returns the sequences that are kept. Without a message `first` is `last + 1`. */
  bounds(topic: Topic): Promise<Bounds>;
  /** Small texts by key, each with a revision: who owns which partition, leases, the state of alerts. */
  readonly records: Records;
  /**
   * Returns what the engine's version and settings do not promise: each finding says what could be lost, and the setting
   * that prevents it. Empty if acknowledged messages survive what the documentation of this engine promises.
   */
  check(): Promise<readonly Finding[]>;
  /** Resolves when messages under way are acknowledged or refused. */
  close(): Promise<void>;
}

export type Engine = "jetstream" | "redis" | "kafka";

/**
 * `batches.<partition>`: what edges accepted. `frames`: what aggregators counted, second by second, for the live page.
 * `dead`: messages that no aggregator can read, with the reason.
 */
export type Topic = `batches.${number}` | "frames" | "dead";

export interface OutgoingMessage {
  /**
   * The same each time that the message is sent: the engine drops a second one within its deduplication window, if it has
   * one. At most 512 characters of ASCII.
   */
  readonly id: string;
  readonly body: Uint8Array;
}

export interface KeptMessage {
  /** The position in its topic: rises with each message, not always by one. An integer from 1 on, below 2^53. */
  readonly sequence: number;
  readonly body: Uint8Array;
}

export interface Bounds {
  readonly first: number;
  readonly last: number;
}

/** Records that several processes change: a write names the revision that it replaces. */
export interface Records {
  read(key: string): Promise<KeptRecord | undefined>;
  /** Returns all records whose key begins with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<readonly KeptRecord[]>;
  /**
   * Writes a record, or removes it if `text` is undefined. `revision` is the one that it replaces; 0 if the key has no
   * record. Resolves with the new revision, which is higher than each one before, or with undefined if another
   * revision is current: nothing is written then.
   */
  write(key: string, text: string | undefined, revision: number): Promise<number | undefined>;
}

export interface KeptRecord {
  /** Letters, digits, `-`, `_` and `.`: at most 200 characters. */
  readonly key: string;
  readonly text: string;
  readonly revision: number;
}

/** Something that the engine does not promise. */
export interface Finding {
  /** `unsafe`: acknowledged messages can be lost. `advice`: all the rest. */
  readonly severity: "unsafe" | "advice";
  /** The loss that can happen, and the setting that prevents it. */
  readonly message: string;
}

/**
 * `gone`: the engine cannot be reached, or did not answer in time. `full`: it has no room. `too_large`: the message is
 * larger than it allows. `refused`: it does not allow the request, by its settings or rights. `trimmed`: the messages
 * are no longer kept. `closed`: `close` was called.
 */
export type BrokerErrorCode = "gone" | "full" | "too_large" | "refused" | "trimmed" | "closed";

export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "BrokerError";
    this.code = code;
  }
}

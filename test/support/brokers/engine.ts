import type { Broker, BrokerOptions } from "@rumkit/server";

/** An engine of the conformance suite. */
export interface ConformanceEngine {
  /** "JetStream, one server". */
  readonly name: string;
  readonly start: () => Promise<RunningEngine>;
  /** Kinds of tests that it cannot pass, each with the reason. They are skipped, and their names tell it. */
  readonly lacks?: Partial<Record<Kind, string>>;
  /** Kinds that `npm test` runs; the others run with `CONFORMANCE=all`. Default: all. */
  readonly usual?: readonly Kind[];
  /** True if it goes on without the process that `kill` ends. Default false. */
  readonly isReplicated?: boolean;
}

/** The promises of an engine that tests prove. */
export const KINDS = [
  "publish",
  "acknowledge",
  "replay",
  "redelivery",
  "poison",
  "full",
  "gone",
  "silent",
  "slow consumer",
  "duplicates",
  "after the window",
  "trimmed",
  "records",
  "two readers",
  "close",
  "partitions",
] as const;
type Kind = (typeof KINDS)[number];

export interface RunningEngine {
  /** For `openBroker`, beside the app: the URL, and what lets it start on this machine. */
  readonly options: Pick<BrokerOptions, "url"> & Partial<BrokerOptions>;
  /** Ends the process that answers for a topic of an app with SIGKILL. Of a cluster: its leader. */
  readonly kill: (app: string, topic: `batches.${number}`) => Promise<void>;
  /** Starts what was killed again, with the data on its disk. */
  readonly restart: () => Promise<void>;
  /** Lets every process hang, or go on. */
  readonly signal: (name: "SIGSTOP" | "SIGCONT") => void;
  readonly stop: () => Promise<void>;
}

/** The app of the shared log. */
export const SHARED = "shared";
export type BatchTopic = `batches.${number}`;

/** The parts that the tests of an engine use. */
export interface Bench {
  readonly engine: ConformanceEngine;
  readonly running: () => RunningEngine;
  /** A log for most tests, since a cluster takes a second to create one, and a topic of it that no other test uses. */
  readonly shared: () => { readonly broker: Broker; readonly topic: BatchTopic };
  /** Opens a log; it is closed at the end. */
  readonly open: (app: string, options?: Partial<BrokerOptions>) => Promise<Broker>;
  /** A test of a kind. Skipped if the engine lacks it. */
  readonly check: (kind: Kind, name: string, run: () => Promise<void>) => void;
}

import type { Log } from "../log/log.ts";

export interface BrokerOptions {
  /**
   * The address of the log. The scheme chooses the driver: `nats://127.0.0.1:4222`. Several servers of a cluster stand behind
   * each other: `nats://a:4222,b:4222,c:4222`.
   */
  readonly url: string;
  /** The app, as the catalog names it: names of streams and keys begin with it. Letters, digits, `-` and `_`; at most 64. */
  readonly app: string;
  /** Topics for batches, 1 to 1,024: fixed when the log is created. Default: as the log has them; 12 for a new one. */
  readonly partitions?: number | undefined;
  /** False to refuse a log that does not have the app, and to name the apps that it has. Default true: it is created. */
  readonly create?: boolean | undefined;
  /** Milliseconds in which the engine itself drops a second message with the same id. Default 120,000. */
  readonly duplicateWindowMs?: number | undefined;
  /**
   * Milliseconds that a message is kept. Longer than the longest outage of an aggregator, and as long as retries are
   * remembered: a partition that moves takes its memory from the log. Default 259,200,000: 72 hours.
   */
  readonly retentionMs?: number | undefined;
  /** Maximum bytes of each topic; beyond it `publish` rejects with `full`. Default: as much as the engine has. */
  readonly maxBytes?: number | undefined;
  /** Copies of each message. Default 1 on a single server, 3 in a cluster. */
  readonly replicas?: number | undefined;
  /** Milliseconds in which the engine must answer; then a request rejects with `gone`. Default 5,000. */
  readonly answerMs?: number | undefined;
  /** Milliseconds of the longest outage that the log must bridge: `check` compares the retention with it. Default one day. */
  readonly longestOutageMs?: number | undefined;
  /** Addresses where the engine tells its settings, one per server: `http://127.0.0.1:8222` of NATS. */
  readonly monitor?: string | readonly string[] | undefined;
  /** Starts even if acknowledged messages can be lost, with a warning for each finding. Default false. */
  readonly allowUnsafe?: boolean | undefined;
  /** More options for the engine's client, as its documentation names them: credentials, certificates. */
  readonly client?: Readonly<Record<string, unknown>> | undefined;
  /** Receives the warnings of `allowUnsafe`. Default: lines on the standard output. */
  readonly log?: Pick<Log, "warn"> | undefined;
}

/** Options with their defaults, as drivers get them. */
export interface DriverOptions extends BrokerOptions {
  readonly duplicateWindowMs: number;
  readonly retentionMs: number;
  readonly answerMs: number;
  readonly longestOutageMs: number;
  readonly monitor: readonly string[];
}

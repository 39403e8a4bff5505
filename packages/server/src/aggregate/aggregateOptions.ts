import type { Broker } from "../brokers/broker.ts";

/** Counts the messages of its partitions. Needs a journal on a disk: the position in the log is kept with the counts. */
export interface AggregateOptions {
  readonly role: "aggregate";
  readonly broker: Broker;
  /** The name of this aggregator, the same after each restart: `aggregate-0`. Letters, digits and `-`, at most 63. */
  readonly name: string;
}

import type { Broker } from "../brokers/broker.ts";

/** Shows the counts of all aggregators on one live page, evaluates alerts and sends notices. */
export interface LiveRoleOptions {
  readonly role: "live";
  readonly broker: Broker;
  /** The name of this process. Of several, one leads, and another takes over within ten seconds. */
  readonly name: string;
}

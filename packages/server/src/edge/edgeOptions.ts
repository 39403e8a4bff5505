import type { Broker } from "../brokers/broker.ts";

/** Checks what pages and services send, and publishes it. Any number of them, behind a load balancer. */
export interface EdgeOptions {
  readonly role: "edge";
  readonly broker: Broker;
  /**
   * A folder on a local disk for what is accepted while the log is away. One process uses it; its content survives a
   * restart.
   */
  readonly spool: string;
  /** Maximum bytes of the spool; beyond it the edge answers 503. Default 1,073,741,824: 1 GiB. */
  readonly maxSpoolBytes?: number | undefined;
}

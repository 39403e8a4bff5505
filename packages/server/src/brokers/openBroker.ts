import { type Broker, BrokerError } from "./broker.ts";

export interface BrokerOptions {
  /** The address of the log: `nats://10.0.0.5:4222`. Its scheme names the engine. It may contain a user and a password. */
  readonly url: string;
  /** The name of the app, by which its streams begin: two apps share a server without sharing a message. */
  readonly app: string;
  /** Topics for batches, if the log is created now. 1 to 1,024. Default 12. */
  readonly partitions?: number | undefined;
}

/**
 * Opens the log at an address, and creates what it lacks.
 *
 * Rejects with a `BrokerError` if it cannot be reached, or has another number of partitions.
 */
export async function openBroker({ url }: BrokerOptions): Promise<Broker> {
  const scheme = /^[a-z]+/.exec(url)?.[0] ?? "";
  throw new BrokerError("refused", `[rumkit] This version has no driver for "${scheme}" yet.`);
}

import type { StreamSubscription } from "@rumkit/protocol";
import type { Snapshot } from "./snapshots.ts";
import { EVERYTHING, selectionKey } from "./subscription.ts";

/** The connection of one client, as far as the hub needs it. */
export interface Connection {
  /** Sends a text. Never throws: a connection that is gone sends nothing. */
  send(bytes: Buffer): void;
  /** True while bytes of earlier messages wait for the client: it reads too slowly. */
  readonly isBehind: boolean;
  /** An update was not sent, because the client is behind. */
  skipped(): void;
  /** Closes it, with a code of RFC 6455, section 7.4.1. */
  close(code: number, reason: string): void;
}

/** One client of the hub. */
export interface Client {
  readonly connection: Connection;
  subscription: StreamSubscription;
  /** Equal for clients whose filters select the same data. */
  key: string;
  /** The state that it got last, from which the next deltas start; undefined after another selection. */
  before: Snapshot | undefined;
  /** The time of its next update: milliseconds since 1970. `Infinity` after `unsubscribe`. */
  dueAt: number;
  /** The times of its last state, and of the last history that it asked for. */
  sentAt: number;
  historyAt: number;
  /** Updates that it did not get since the last one, because it reads too slowly. */
  skipped: number;
}

export function createClient(connection: Connection): Client {
  return {
    connection,
    subscription: EVERYTHING,
    key: selectionKey(EVERYTHING),
    before: undefined,
    dueAt: Number.POSITIVE_INFINITY,
    sentAt: Number.NEGATIVE_INFINITY,
    historyAt: Number.NEGATIVE_INFINITY,
    skipped: 0,
  };
}

/** Changes the subscription of a client. Its deltas begin anew if it selects other data from now on. */
export function select(client: Client, subscription: StreamSubscription): void {
  const key = selectionKey(subscription);
  if (key !== client.key) client.before = undefined;
  client.subscription = subscription;
  client.key = key;
}

/** Clients with the same interval get their updates at the same moments, so that one serialization serves all. */
export function nextMoment({ subscription }: Client, at: number): number {
  const interval = Math.round(subscription.interval * 1000);
  return (Math.floor(at / interval) + 1) * interval;
}

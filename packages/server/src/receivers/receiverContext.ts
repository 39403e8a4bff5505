import type { Moment } from "../alerts/alert.ts";
import type { ResolveName } from "./safeLookup.ts";

/** The surroundings of receivers. */
export interface ReceiverContext {
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => Moment) | undefined;
  /** Private networks and addresses that receivers may connect to. Default none. */
  readonly allowPrivateAddresses?: readonly string[] | undefined;
  /** The option that has them, for messages. Default that of alerts. */
  readonly addressOption?: string | undefined;
  /** Returns the signal that ends an attempt. Default one of 15 seconds. */
  readonly deadline?: (() => AbortSignal) | undefined;
  /** Resolves names. Default the system's resolver. */
  readonly resolve?: ResolveName | undefined;
}

import { createDrain } from "./drain.ts";
import { createHeldMessages } from "./heldMessages.ts";
import {
  createSending,
  failureOf,
  isTooLarge,
  type PublishFailure,
  type Sending,
  type SendingOptions,
} from "./sending.ts";
import type { Spool } from "./spool.ts";
import { SpoolError, type SpoolErrorCode } from "./spoolError.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

/** Why a message was refused, and not acknowledged. */
export type RefusalReason = SpoolErrorCode | "too_large" | "no_partition";

export interface PublisherOptions extends SendingOptions {
  readonly spool: Spool;
  /** Called with each message that is synced to the spool. */
  readonly onSpooled: () => void;
  /** Called with each message that the log did not take. */
  readonly onFailure: (failure: PublishFailure, error: unknown) => void;
  readonly onRefused: (reason: RefusalReason, error: unknown) => void;
  /** See `DrainOptions`. */
  readonly confirmLog?: () => Promise<unknown>;
  /** Milliseconds between tries while the log is away: the first, and the longest. Default 100 and 5,000. */
  readonly backoffMs?: readonly [first: number, longest: number];
}

/** Publishes messages, and keeps them in the spool while the log is away. */
export interface Publisher {
  /**
   * Resolves when the log has acknowledged the message, or when it is synced to the spool. Rejects with a `SpoolError`, or
   * with a `BrokerError` `too_large`: the message must not be acknowledged.
   */
  publish(message: SpooledMessage): Promise<void>;
  /** True while messages go through the spool. */
  readonly isSpooling: boolean;
  /** Resolves when nothing is under way, and every message is synced. The spool stays open. */
  close(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { spool, onFailure } = options;
  const sending = createSending(options);
  const held = createHeldMessages();
  const { append, sendOrAppend } = createDelivery(options, sending, () => drain.wake());
  const drain = createDrain({
    ...options,
    sending,
    onNearlyEmpty: () => held.begin(),
    onEmpty: () => held.end(sendOrAppend),
    onAway: () => held.end(append),
  });
  let isClosed = false;

  return {
    publish: (message) => {
      if (isClosed) return append(message);
      if (held.isHolding) return held.add(message) ?? (held.end(append), append(message));
      if (!spool.isEmpty || drain.isBusy) return append(message);
      if (sending.hasRoom) return sendOrAppend(message);
      onFailure("slow", undefined);
      return append(message);
    },
    get isSpooling() {
      return !spool.isEmpty;
    },
    close: async () => {
      isClosed = true;
      held.end(append);
      await Promise.all([drain.stop(), sending.settled()]);
      await spool.settled();
    },
  };
}

/** The two ways of a message: each resolves once it is safe, and reports what became of it. */
interface Delivery {
  append(message: SpooledMessage): Promise<void>;
  /** Appends the message if the log does not take it. */
  sendOrAppend(message: SpooledMessage): Promise<void>;
}

function createDelivery(
  { spool, onSpooled, onFailure, onRefused }: PublisherOptions,
  sending: Sending,
  wakeDrain: () => void,
): Delivery {
  const append = async (message: SpooledMessage): Promise<void> => {
    try {
      await spool.append(message);
      onSpooled();
      wakeDrain();
    } catch (error) {
      if (error instanceof SpoolError) onRefused(error.code, error);
      throw error;
    }
  };
  const sendOrAppend = async (message: SpooledMessage): Promise<void> => {
    try {
      await sending.send(message, "request");
    } catch (error) {
      if (isTooLarge(error)) {
        onRefused("too_large", error);
        throw error;
      }
      onFailure(failureOf(error), error);
      await append(message);
    }
  };
  return { append, sendOrAppend };
}

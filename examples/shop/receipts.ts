import type { Order } from "./orders.ts";

/** The mail server did not take a receipt. */
class MailRefused extends Error {
  override readonly name = "MailRefused";
}

/** Sends the receipt of an order by mail. Rejects with a `MailRefused`. */
export type SendReceipt = (order: Order) => Promise<void>;

/** Plays the mail server, which refuses one receipt in 30; `random` is 0 to 1. */
export function createReceipts(random: () => number = Math.random): SendReceipt {
  return async ({ id }) => {
    await Promise.resolve();
    if (random() < 1 / 30) throw new MailRefused(`The receipt of ${id} was refused.`);
  };
}

/**
 * A shop goes on selling without a receipt, so its process lives on. `end` is called with any other exception that
 * nothing caught, and has to end it.
 */
export function liveOnWithoutReceipts(end: (error: Error) => never): void {
  process.on("uncaughtException", (error) => {
    if (!(error instanceof MailRefused)) end(error);
  });
}

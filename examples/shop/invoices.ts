import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";
import type { Order } from "./orders.ts";

/** Invoices wait here at most; a shop whose printer is broken for so long has other worries. */
const MAX_WAITING = 1_000;

type Measures = Pick<Collector<typeof catalog>, "trackJob" | "trackQueue" | "trackError">;

/** Writes an invoice for each order, one after the other, behind the customer's back. */
export interface Invoices {
  readonly add: (order: Order) => void;
}

export interface InvoicesOptions {
  readonly collector: Measures;
  /** Resolves after so many milliseconds: stands in for the printer. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Called with each page that was printed: the printer is another service, and reports for itself. */
  readonly onPrinted: () => void;
}

export function createInvoices({ collector, pause, onPrinted }: InvoicesOptions): Invoices {
  const { trackJob, trackQueue, trackError } = collector;
  const waiting: Order[] = [];
  let working = Promise.resolve();
  trackQueue("invoices", () => waiting.length);

  /** Plays the printer: 20 to 200 ms, and a paper jam for one invoice in fifty. */
  const writeInvoice = trackJob("invoice", async ({ id }: Order) => {
    await pause(20 + Math.random() * 180);
    if (Math.random() < 0.02) throw new Error(`The invoice of ${id} is stuck.`);
    onPrinted();
  });

  const next = async (): Promise<void> => {
    const order = waiting.shift();
    if (order)
      await writeInvoice(order).catch((error: unknown) => trackError(error, { severity: "warning" }));
  };

  return {
    add: (order) => {
      if (waiting.length >= MAX_WAITING) return;
      waiting.push(order);
      working = working.then(next);
    },
  };
}

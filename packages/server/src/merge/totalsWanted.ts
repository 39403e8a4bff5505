import type { Records } from "../brokers/broker.ts";

/** The record that changes when a reader of frames needs the totals of all aggregators. */
export const TOTALS_WANTED = "frames.wanted";

/** Attempts: each one fails only if another reader asked at the same moment, which serves this one as well. */
const ATTEMPTS = 3;

/** Asks all aggregators for their totals. They send them within about a second. Rejects with a `BrokerError`. */
export async function askForTotals(records: Records, name: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const revision = (await records.read(TOTALS_WANTED))?.revision ?? 0;
    const text = JSON.stringify({ name, at: Date.now() });
    if ((await records.write(TOTALS_WANTED, text, revision)) !== undefined) return;
  }
}

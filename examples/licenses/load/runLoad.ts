import { setTimeout as wait } from "node:timers/promises";
import { toolNames } from "../tools.ts";
import { createLedger, type Ledger, readCounts } from "./ledger.ts";
import { type Ask, createLicenseClient } from "./licenseClient.ts";
import { createRandom } from "./random.ts";

/** Users at once, operations of each one after the other, and seconds over which the users arrive. */
export const PROFILES = {
  light: { users: 5, operations: 20, rampUpS: 2 },
  medium: { users: 10, operations: 50, rampUpS: 5 },
  heavy: { users: 20, operations: 100, rampUpS: 10 },
  extreme: { users: 50, operations: 200, rampUpS: 20 },
} as const;

export type ProfileName = keyof typeof PROFILES;

/** `full-cycle` borrows, holds and returns. `checkout-only` keeps what it gets, until the pools are empty. */
export const MODES = ["full-cycle", "checkout-only"] as const;

export interface LoadPlan {
  readonly users: number;
  readonly operations: number;
  readonly rampUpMs: number;
  /** The time that a user keeps a license, on average. */
  readonly holdMs: number;
  readonly mode: (typeof MODES)[number];
  readonly seed: number;
}

export interface LoadOptions {
  readonly ask: Ask;
  /** Ends the run: what is held is returned, and the report is of what was sent. */
  readonly signal?: AbortSignal;
  /** Called after each operation with the number of those that are done. */
  readonly onProgress?: (done: number) => void;
  /** Resolves after so many milliseconds, or rejects on the signal. Default: a timer. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** The events that were sent against those that the server counted meanwhile. */
export interface LoadReport {
  readonly sent: Ledger;
  /** Counted by the server during the run: more than was sent if others use it as well. */
  readonly counted: Ledger;
  /** Requests without an answer, or with a 5xx: whether they count is not known. */
  readonly failed: number;
  /** Events that were sent and not counted, by row and tool. Empty if the server counted everything. */
  readonly missing: Readonly<Record<string, number>>;
  /** Events that were counted beyond those that were sent, by row and tool. */
  readonly beyond: Readonly<Record<string, number>>;
}

/** Puts load on a license server, then compares its counters with what was sent. */
export async function runLoad(plan: LoadPlan, options: LoadOptions): Promise<LoadReport> {
  const { ask } = options;
  const before = (await scrape(ask)).entries();
  const sent = createLedger();
  let failed = 0;
  let done = 0;
  const users = Array.from({ length: plan.users }, (_, index) =>
    playUser(index, plan, options, sent, {
      onFailure: () => (failed += 1),
      onDone: () => options.onProgress?.((done += 1)),
    }),
  );
  await Promise.all(users);
  const now = await scrape(ask);
  const counted = createLedger();
  for (const [key, value] of Object.entries(now.entries())) {
    const space = key.lastIndexOf(" ");
    counted.add(key.slice(0, space) as never, key.slice(space + 1), value - (before[key] ?? 0));
  }
  return { sent, counted, failed, missing: exceeds(sent, counted), beyond: exceeds(counted, sent) };
}

interface UserEvents {
  readonly onFailure: () => void;
  readonly onDone: () => void;
}

async function playUser(
  index: number,
  plan: LoadPlan,
  { ask, signal, pause = (ms) => wait(ms, undefined, { signal }) }: LoadOptions,
  sent: Ledger,
  { onFailure, onDone }: UserEvents,
): Promise<void> {
  const random = createRandom(plan.seed * 1_000 + index);
  const client = createLicenseClient(ask, sent);
  const user = `load-${index + 1}`;
  // An aborted pause only means that it is over.
  const rest = (milliseconds: number): Promise<unknown> => pause(milliseconds).catch(() => {});
  await rest((plan.rampUpMs * index) / plan.users);
  for (let operation = 0; operation < plan.operations; operation++) {
    if (signal?.aborted) return;
    try {
      const held = await client.borrow(random.pick(toolNames), user);
      if (plan.mode === "full-cycle" && held) {
        await rest(random.between(0.5, 1.5) * plan.holdMs);
        await client.giveBack(held);
      }
    } catch {
      onFailure();
      await rest(100);
    }
    onDone();
  }
}

async function scrape(ask: Ask): Promise<Ledger> {
  const response = await ask("/metrics");
  if (!response.ok) throw new Error(`/metrics answered ${response.status}.`);
  return readCounts(await response.text());
}

/** Of each entry, by how much the first ledger has more. */
function exceeds(first: Ledger, second: Ledger): Record<string, number> {
  const others = second.entries();
  const more = Object.entries(first.entries()).map(([key, value]): [string, number] => [
    key,
    value - (others[key] ?? 0),
  ]);
  return Object.fromEntries(more.filter(([, by]) => by > 0));
}

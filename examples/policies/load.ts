import { setTimeout as wait } from "node:timers/promises";
import { POLICIES, REGIONS } from "./policies.ts";
import { createRandom, pick, type Random } from "./random.ts";

export interface LoadOptions {
  /** The server: `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly seed: number;
  /** Default 12. */
  readonly clients?: number;
}

export interface Load {
  readonly clients: number;
  /** Answers by status, as the clients saw them. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Begins no request any more. Resolves when every client has read its last answer. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds between two look-ups of a client, on average. */
const THINK_MS = 500;

/** Starts clients that look policies up, the same ones for the same seed. Some make mistakes. */
export function createLoad({ origin, seed, clients = 12 }: LoadOptions): Load {
  const stopping = new AbortController();
  const statuses: Record<string, number> = {};
  const run = async (random: Random): Promise<void> => {
    for (;;) {
      await wait(THINK_MS * (0.5 + random()), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        const response = await fetch(origin + choosePath(random));
        await response.arrayBuffer();
        statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      } catch {
        // A server that stops ends one request and not the client.
      }
    }
  };
  const running = Array.from({ length: clients }, (_, index) => run(createRandom(seed * 1_000 + index)));
  return {
    clients,
    statuses,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

function choosePath(random: Random): string {
  const drawn = random();
  const region = pick(random, REGIONS);
  if (drawn < 0.02) return `/policies/p-999?region=${region}`;
  if (drawn < 0.03) return "/policies/p-101?region=moon";
  if (drawn < 0.2) return `/policies?q=${pick(random, ["work", "loan", "data"])}&region=${region}`;
  return `/policies/${pick(random, POLICIES).id}?region=${region}`;
}

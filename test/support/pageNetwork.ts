import type { Batch, PageEvent } from "@rumkit/protocol";
import { vi } from "vitest";

/** One request body that left the page. */
interface Sent {
  readonly by: "fetch" | "beacon";
  readonly url: string;
  readonly body: string;
  /** The arguments of `fetch`, without the body. */
  readonly init: RequestInit;
}

/** The requests that left the page, by fetch or by beacon. */
export interface Network {
  readonly sent: Sent[];
  /** The answers to the next requests, in order; then every one with 202. A refusal is a network error. */
  readonly answers: (Response | "refused")[];
  /** True if the browser takes beacons. */
  takesBeacons: boolean;
  readonly urls: string[];
  readonly batches: Batch[];
  events(): PageEvent[];
  /** The number of sent events of each type. */
  counts(): Record<string, number>;
}

/** Takes the place of the network, at the platform's edge. `vi.unstubAllGlobals()` gives it back. */
export function recordNetwork(): Network {
  const sent: Sent[] = [];
  const network: Network = {
    sent,
    answers: [],
    takesBeacons: true,
    get urls() {
      return sent.map(({ url }) => url);
    },
    get batches() {
      return sent.map(({ body }) => JSON.parse(body) as Batch);
    },
    events: () => network.batches.flatMap((batch) => batch.events),
    counts: () => {
      const counts: Record<string, number> = {};
      for (const { type, count = 1 } of network.events()) counts[type] = (counts[type] ?? 0) + count;
      return counts;
    },
  };
  vi.stubGlobal("fetch", async (url: string, { body, ...init }: RequestInit) => {
    sent.push({ by: "fetch", url, body: body as string, init });
    const answer = network.answers.shift() ?? new Response('{"accepted":1}', { status: 202 });
    if (answer === "refused") throw new TypeError("Failed to fetch");
    return answer;
  });
  navigator.sendBeacon = (url, body) => {
    if (network.takesBeacons) sent.push({ by: "beacon", url: String(url), body: body as string, init: {} });
    return network.takesBeacons;
  };
  return network;
}

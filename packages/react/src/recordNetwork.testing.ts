import type { Batch, PageEvent } from "@rumkit/protocol";
import { vi } from "vitest";

/** What left the page, by fetch or by beacon. */
export interface Network {
  readonly urls: string[];
  readonly batches: Batch[];
  events(): PageEvent[];
  /** How often each type of event was sent. */
  counts(): Record<string, number>;
}

/** Takes the place of the network, at the platform's edge, and answers every batch with 202. */
export function recordNetwork(): Network {
  const urls: string[] = [];
  const batches: Batch[] = [];
  const receive = (url: string, body: string): void => {
    urls.push(url);
    batches.push(JSON.parse(body) as Batch);
  };
  vi.stubGlobal("fetch", async (url: string, { body }: { body: string }) => {
    receive(url, body);
    return new Response('{"accepted":1}', { status: 202 });
  });
  vi.spyOn(navigator, "sendBeacon").mockImplementation((url, body) => {
    receive(String(url), body as string);
    return true;
  });
  const events = (): PageEvent[] => batches.flatMap((batch) => batch.events);
  return {
    urls,
    batches,
    events,
    counts: () => {
      const counts: Record<string, number> = {};
      for (const { type, count = 1 } of events()) counts[type] = (counts[type] ?? 0) + count;
      return counts;
    },
  };
}

import type { ChunkReader } from "./sharedChunks.ts";
import type { ScrapePlace } from "./scrapePlaces.ts";
import type { ScrapeSink } from "./scrapeSink.ts";

/**
 * How a scrape ended: the reader has it all, left, had no time left or was too slow beside others; it could
 * not be read, or there were too many at once.
 */
export type ScrapeOutcome = "complete" | "aborted" | "timeout" | "too_slow" | "failed" | "overload";

/** Why a scrape ends before its end. */
export type CutReason = Exclude<ScrapeOutcome, "complete" | "overload">;

export interface SentScrape {
  readonly outcome: ScrapeOutcome;
  readonly bytes: number;
}

export interface SendScrapeOptions {
  readonly first: Uint8Array | undefined;
  readonly reader: ChunkReader;
  readonly sink: ScrapeSink;
  /** Aborted with a `CutReason`. */
  readonly signal: AbortSignal;
  /** Told when the reader has to take something before more can be sent, and how much it took. */
  readonly place: Pick<ScrapePlace, "waits" | "took">;
}

/**
 * Sends chunks as fast as they are taken. Where the signal is aborted, the connection is cut: a scrape that fails says
 * more than half of one. Never rejects.
 */
export async function sendScrape({
  first,
  reader,
  sink,
  signal,
  place,
}: SendScrapeOptions): Promise<SentScrape> {
  let bytes = 0;
  signal.addEventListener("abort", sink.cut);
  try {
    for (let chunk = first; chunk && !signal.aborted; chunk = await reader.next()) {
      bytes += chunk.length;
      place.waits();
      await sink.write(chunk);
      place.took(chunk.length);
    }
    place.waits();
    if (!signal.aborted) await sink.end();
  } catch {
    sink.cut();
    return { outcome: "failed", bytes };
  } finally {
    signal.removeEventListener("abort", sink.cut);
  }
  return { outcome: signal.aborted ? (signal.reason as CutReason) : "complete", bytes };
}

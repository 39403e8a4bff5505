import type { ChunkReader } from "./sharedChunks.ts";
import type { ScrapePlace } from "./scrapePlaces.ts";
import type { ScrapeSink } from "./scrapeSink.ts";

/**
 * The outcome of a scrape: the reader got everything (`complete`), left (`aborted`), exceeded its timeout (`timeout`)
 * or was too slow while others waited (`too_slow`); the metrics could not be read (`failed`); there were too many
 * concurrent scrapes (`overload`).
 */
export type ScrapeOutcome = "complete" | "aborted" | "timeout" | "too_slow" | "failed" | "overload";

/** The reason for which a scrape is cut. */
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
  /** Records when the reader must take something before more can be sent, and how much it took. */
  readonly place: Pick<ScrapePlace, "waits" | "took">;
}

/**
 * Sends chunks as fast as they are taken. If the signal is aborted, the connection is cut: a failed scrape is more
 * useful than half a scrape. Never rejects.
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

import { ServerResponse } from "node:http";
import { isGone, type NodeResponse } from "../http/streamBody.ts";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { ScrapePlace } from "./scrapePlaces.ts";
import type { ChunkReader } from "./sharedChunks.ts";

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

/** A record, so that a missing outcome is a compile error. */
const outcomes: Record<ScrapeOutcome, true> = {
  complete: true,
  aborted: true,
  timeout: true,
  too_slow: true,
  failed: true,
  overload: true,
};

/** 1 ms to 10 s, Prometheus' default timeout: from reading 100 lines to a million. */
const SCRAPE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Describes the requests to `/metrics`. */
export function describeScrapeMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_scrapes_total",
      "Requests to /metrics, by outcome; all but complete ones failed.",
      {
        outcome: Object.keys(outcomes),
      },
    ),
    {
      ...collectorCounter(
        "rum_scrape_duration_seconds",
        "Time until a scraper had read everything that it requested.",
      ),
      type: "histogram",
      unit: "seconds",
      buckets: SCRAPE_BUCKETS,
    },
    {
      ...collectorCounter(
        "rum_scrape_bytes_total",
        "Bytes that were sent to scrapers, as they were compressed.",
      ),
      unit: "bytes",
    },
  ];
}

/** The destination of a scrape's bytes. */
interface ScrapeSink {
  /** Resolves when more can be taken, or the reader is gone. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the scrape regularly. Resolves when all bytes were handed over, or the reader is gone. */
  end(): Promise<void>;
  /** Ends the scrape so that the reader notices that it is incomplete. Safe to call at any time. */
  cut(): void;
}

/**
 * Sends to Node's own response, if the app is served by Node. `onGone` is called at most once, when its reader is
 * gone.
 */
export function createNodeSink(outgoing: NodeResponse, onGone: () => void): ScrapeSink {
  if (isGone(outgoing)) onGone();
  // Node closes a response that was finished, too.
  else outgoing.once("close", onGone).once("finish", () => outgoing.off("close", onGone));
  return {
    write: async (chunk) => {
      if (!isGone(outgoing) && !write(outgoing, chunk)) await next(outgoing, "drain");
    },
    end: async () => {
      if (isGone(outgoing)) return;
      const finished = next(outgoing, "finish");
      outgoing.end();
      await finished;
    },
    cut: () => {
      // No client, not even one of HTTP/1.0, treats a response that ends with a reset as complete.
      if (outgoing instanceof ServerResponse) outgoing.socket?.resetAndDestroy();
      outgoing.destroy();
    },
  };
}

/** The two types have no common signature of `write`. */
function write(outgoing: NodeResponse, chunk: Uint8Array): boolean {
  return outgoing instanceof ServerResponse ? outgoing.write(chunk) : outgoing.write(chunk);
}

/** Resolves with an event, or when the connection is gone, after which the event would never come. */
function next(outgoing: NodeResponse, event: "drain" | "finish"): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      outgoing.off(event, settle).off("close", settle);
      resolve();
    };
    outgoing.on(event, settle).on("close", settle);
  });
}

/** Sends to the body of a web `Response`, for all other servers. */
export function createWebSink(onGone: () => void): { sink: ScrapeSink; stream: ReadableStream<Uint8Array> } {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let isOpen = true;
  let onPull = (): void => {};
  const close = (): boolean => {
    const wasOpen = isOpen;
    isOpen = false;
    onPull();
    return wasOpen;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      pull: () => onPull(),
      cancel: () => {
        if (close()) onGone();
      },
    },
    // One chunk waits in the stream; the next is made when the reader takes it.
    new CountQueuingStrategy({ highWaterMark: 1 }),
  );
  const sink: ScrapeSink = {
    write: (chunk) => {
      if (!isOpen) return Promise.resolve();
      const taken = new Promise<void>((resolve) => {
        onPull = resolve;
      });
      controller.enqueue(chunk);
      return (controller.desiredSize ?? 0) > 0 ? Promise.resolve() : taken;
    },
    end: async () => {
      if (close()) controller.close();
    },
    cut: () => {
      if (close()) controller.error(new Error("[rumkit] The scrape was cut off."));
    },
  };
  return { sink, stream };
}

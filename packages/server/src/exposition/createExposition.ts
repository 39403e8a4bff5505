import type { Labels } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { steadyNow } from "../metrics/steadyNow.ts";
import type { AppFamily } from "./appFamily.ts";
import type { Exemplars } from "./exemplars.ts";
import type { ExpositionFormat } from "./format.ts";
import { gzipChunks } from "./gzipChunks.ts";
import type { ContentCoding } from "./negotiate.ts";
import { createPace } from "./pace.ts";
import { renderChunks } from "./renderChunks.ts";
import { type ChunkReader, createSharedChunks, type SharedChunks } from "./sharedChunks.ts";

/** What one scrape asks for. */
export interface ScrapeQuery {
  readonly format: ExpositionFormat;
  readonly coding: ContentCoding;
  /** Family names, sorted; none asks for all. */
  readonly names: readonly string[];
  /**
   * By `steadyNow`: a counter or histogram that was born later is shown as 0, because who asks has not seen it
   * yet. Undefined for who never asked before: then it is the start of the rendering, since what is born while
   * it is read would otherwise be 0 only the next time.
   */
  readonly since: number | undefined;
}

/** What is being read by one scrape. */
export interface OpenScrape extends ChunkReader {
  /** When its rendering began, by `steadyNow`. */
  readonly startedAt: number;
}

export interface Exposition {
  /** Begins a rendering, or joins one that has just begun. `onBehind` is called where its reader is too slow. */
  open(query: ScrapeQuery, onBehind: () => void): OpenScrape;
}

export interface ExpositionOptions {
  readonly families: Recorder["families"];
  readonly exemplars: Exemplars;
  readonly readAppFamilies: () => Promise<readonly AppFamily[]>;
  /** As of `MetricRegistry`. Default none. */
  readonly defaultLabels?: () => Labels;
  /** Called before each rendering, for what is counted only when somebody asks. */
  readonly onRender: () => void;
}

/** Milliseconds for which equal scrapes join a rendering: what they get is never older. */
const JOIN_MS = 100;

interface Rendering {
  readonly startedAt: number;
  readonly chunks: SharedChunks;
}

/**
 * Renders for whoever scrapes: equal scrapes at the same moment share one rendering, and all of them together
 * take turns on the event loop.
 *
 * The metrics of the app are read before the first chunk, so that one that cannot be read fails the scrape
 * before anything of it was said.
 */
export function createExposition(options: ExpositionOptions): Exposition {
  const { families, exemplars, readAppFamilies, defaultLabels = () => ({}), onRender } = options;
  const pace = createPace();
  const renderings = new Map<string, Rendering>();

  async function* render(query: ScrapeQuery, startedAt: number): AsyncGenerator<Uint8Array, void> {
    const appFamilies = await readAppFamilies();
    const { format, names, since = startedAt } = query;
    const asked = names.length > 0 ? { names: new Set(names) } : {};
    yield* pace.spread(
      renderChunks(
        { families, appFamilies, exemplars, defaultLabels: defaultLabels() },
        { format, since, ...asked },
      ),
    );
  }

  const begin = (query: ScrapeQuery, key: string): Rendering => {
    onRender();
    const startedAt = steadyNow();
    const plain = render(query, startedAt);
    const chunks = createSharedChunks(query.coding === "gzip" ? gzipChunks(plain) : plain);
    const rendering = { startedAt, chunks };
    renderings.set(key, rendering);
    setTimeout(() => {
      chunks.closeToOthers();
      if (renderings.get(key) === rendering) renderings.delete(key);
    }, JOIN_MS).unref();
    return rendering;
  };

  return {
    open: (query, onBehind) => {
      const key = JSON.stringify(query);
      const joined = renderings.get(key);
      const reader = joined?.chunks.join(onBehind);
      if (joined && reader) return { startedAt: joined.startedAt, ...reader };
      const begun = begin(query, key);
      // What has just begun can be joined.
      return { startedAt: begun.startedAt, ...(begun.chunks.join(onBehind) as ChunkReader) };
    },
  };
}

import type { Labels } from "../metrics/descriptor.ts";
import type { ExposedFamily } from "../metrics/aliasFamilies.ts";
import {
  type AppFamily,
  appFamilyHead,
  createValueRenderer,
  type ExpositionFormat,
  type FamilyHead,
  familyName,
  headOf,
  renderHead,
} from "./format.ts";
import { createSeriesRenderer, type Exemplars } from "./renderSeries.ts";
import { CREATED_MS } from "./negotiate.ts";
import { readFamily } from "./seriesReader.ts";

export interface RenderOptions {
  readonly format: ExpositionFormat;
  /** Shows only these families, by their name in either format. Default all. */
  readonly names?: ReadonlySet<string>;
  /** The start of the rendering, by `steadyNow`. */
  readonly at: number;
  /** As of `ScrapeQuery`. */
  readonly zeroMs: number;
  /** The start of the collector, by `steadyNow`. Default long ago. */
  readonly startedAt?: number;
}

/** The families to render: those of the collector, and those of the app as just read. */
export interface Exposed {
  readonly families: readonly ExposedFamily[];
  readonly appFamilies: readonly AppFamily[];
  readonly exemplars: Exemplars;
  /** As of `SeriesOptions`. */
  readonly defaultLabels?: Labels;
}

/** Bytes of a chunk: the `highWaterMark` of Node's sockets, above which they ask the writer to wait. */
const CHUNK_BYTES = 65_536;

/**
 * Renders an exposition in chunks, each on demand. Samples that are counted between two chunks appear only in the
 * series that follow. Each series is rendered without a pause, so that the buckets, the sum and the count of a
 * histogram always agree.
 *
 * Renderings do not affect each other.
 */
export function* renderChunks(exposed: Exposed, options: RenderOptions): Generator<Buffer> {
  let text = "";
  for (const piece of renderFamilies(exposed, options)) {
    text += piece;
    if (text.length < CHUNK_BYTES) continue;
    yield Buffer.from(text, "latin1");
    text = "";
  }
  if (options.format === "openmetrics") text += "# EOF\n";
  if (text !== "") yield Buffer.from(text, "latin1");
}

function* renderFamilies(
  exposed: Exposed,
  { format, names, at, zeroMs, startedAt }: RenderOptions,
): Generator<string> {
  const isAsked = (head: Pick<FamilyHead, "name" | "type">): boolean =>
    names === undefined || names.has(head.name) || names.has(familyName(head, format));
  for (const family of exposed.families) {
    const ours = headOf(family.descriptor, format);
    if (!isAsked(ours)) continue;
    const renderSeries = createSeriesRenderer(family.descriptor, {
      format,
      // A series that is created during the rendering is exposed with its value too, unless new series are exposed as
      // 0.
      zeroSince: zeroMs > 0 ? at - zeroMs : Number.POSITIVE_INFINITY,
      startedAt: startedAt ?? Number.NEGATIVE_INFINITY,
      createdSince: at - Math.max(zeroMs, CREATED_MS),
      exemplars: exposed.exemplars,
      ...(exposed.defaultLabels && { defaultLabels: exposed.defaultLabels }),
    });
    yield renderHead(ours, format);
    yield* inPieces(readFamily(family), renderSeries);
  }
  const taken = new Set(
    exposed.families.map(({ descriptor }) => familyName(headOf(descriptor, format), format)),
  );
  for (const family of exposed.appFamilies) {
    if (!isAsked(family)) continue;
    const head = appFamilyHead(family, format, taken);
    yield renderHead(head, format);
    yield* inPieces(family.values, createValueRenderer(head, format));
  }
}

function* inPieces<Item>(items: Iterable<Item>, render: (item: Item) => string): Generator<string> {
  let text = "";
  for (const item of items) {
    text += render(item);
    if (text.length < CHUNK_BYTES) continue;
    yield text;
    text = "";
  }
  yield text;
}

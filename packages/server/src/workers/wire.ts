import type { LiveEvent } from "@rumkit/protocol";
import type { AppFamily } from "../exposition/format.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";

/** The paths of the link on its socket. Every other path is a request that a worker passes on. */
export const LINK_PATHS = {
  hello: "/-/hello",
  frame: "/-/frame",
  entry: "/-/entry",
  /** Requests to `/collect`, packed. */
  batches: "/-/batches",
} as const;

/** The address of the client, as the worker saw it. Any value that a client sends is replaced. */
export const PEER_HEADER = "x-rumkit-peer";

/** The first answer to a worker. */
export interface Hello {
  readonly app: string;
  readonly routes: readonly LinkedRoute[];
}

/** A route of the collector, as a worker passes it on. The path is as Hono writes it. */
interface LinkedRoute {
  readonly method: string;
  readonly path: string;
}

/** Part of every answer of the link. */
export interface Answered {
  /** Differs with each start of the collector. */
  readonly epoch: string;
}

/** A value, and the number of times that it was counted. */
export type CountedValue = readonly [value: number, times: number];

/** A series and what it counted since the last frame that arrived. */
export interface CountedSeries {
  readonly metric: string;
  readonly labels: Labels;
  readonly counted: readonly CountedValue[];
  /** True if the series has ended since: these are its last counts, and it begins at 0 if it comes again. */
  readonly hasEnded?: boolean;
}

/** The present value of a gauge; null while it is unknown. */
export interface GaugeValue {
  readonly metric: string;
  readonly labels: Labels;
  readonly value: number | null;
}

/** A family of the app's own registry. Counters and histograms are increments, gauges are values. */
export interface SentFamily extends Omit<AppFamily, "values"> {
  /** The rule of `prom-client` for several processes. Default `sum`. */
  readonly aggregator?: string | undefined;
  readonly values: readonly SentValue[];
}

export interface SentValue {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string | undefined;
}

/** Everything that a worker counted since its last frame, and its states. */
export interface Frame {
  readonly worker: string;
  /** Higher with each frame of the worker. A frame that is sent again has the same number. */
  readonly number: number;
  readonly series: readonly CountedSeries[];
  readonly gauges: readonly GaugeValue[];
  /** Undefined if the app's registry was not read since the last frame. */
  readonly families?: readonly SentFamily[];
  /** True for the last frame of a worker that ends: its gauges are gone, its counts stay. */
  readonly isLast?: boolean;
}

/** A call of server code that the collector's journal keeps. */
export interface Entry {
  /** Identifies the call: it stays the same if the entry is sent again. */
  readonly call: string;
  /**
   * The epoch of the collector that may have counted the entry already, because its answer was lost. A collector of another
   * epoch cannot know that, unless the entry has a `key`.
   */
  readonly epoch?: string | undefined;
  readonly key?: string | undefined;
  readonly at: number;
  readonly samples: readonly Sample[];
  readonly event: Omit<LiveEvent, "at">;
}

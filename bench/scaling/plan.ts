import { ASSUMED, type UnitCosts } from "./unitCosts.ts";

/** The processes, disks and memory that a rate of events takes. Processes count as one core each. */
export interface Plan {
  readonly eventsPerSecond: number;
  readonly messagesPerSecond: number;
  /** One more than the load takes, so that one may be lost. */
  readonly edges: number;
  readonly aggregators: number;
  readonly partitions: number;
  /** Share of a core that each is busy. */
  readonly edgeBusy: number;
  readonly aggregateBusy: number;
  readonly log: {
    readonly cores: number;
    /** Megabytes a second, in one copy. */
    readonly megabytesPerSecond: number;
    /** Terabytes on all disks together: every copy, for as long as messages are kept. */
    readonly terabytes: number;
    /** The share of a partition's time that its disk syncs. Above 1 the disk cannot keep up. */
    readonly syncing: number;
  };
  /** Remembered ids of an aggregator in millions, their memory, and how long a start reads them. */
  readonly ids: { readonly millions: number; readonly megabytes: number; readonly startSeconds: number };
  /** The share of a core that merging takes at each live process. */
  readonly liveBusy: number;
  readonly prometheus: {
    readonly series: number;
    readonly samplesPerSecond: number;
    readonly gigabytesADay: number;
    readonly memoryGigabytes: number;
  };
}

/** An aggregator should have several partitions: moving one then moves a fraction of its work. */
const PARTITIONS_PER_AGGREGATOR = 4;

/** Divides by 2, 3, 4, 6 and 12, so that aggregators get equal shares. */
const FEWEST_PARTITIONS = 12;

/** Computes what a rate of events takes. */
export function planFor(eventsPerSecond: number, costs: UnitCosts): Plan {
  const { eventsPerBatch } = costs;
  const messagesPerSecond = eventsPerSecond / eventsPerBatch;
  const edgeCores = (eventsPerSecond * costs.edgeMicrosPerEvent) / 1e6;
  const aggregateCores = (eventsPerSecond * costs.aggregateMicrosPerEvent) / 1e6;
  const allIds = messagesPerSecond * ASSUMED.idSeconds;
  // A generation is forgotten as a whole, so up to twice the span is remembered.
  const idBytes = 2 * allIds * costs.bytesPerId;
  const edges = Math.max(2, Math.ceil(edgeCores / ASSUMED.edgeShare) + 1);
  const aggregators = Math.max(
    2,
    Math.ceil(aggregateCores / ASSUMED.aggregateShare),
    Math.ceil(idBytes / ASSUMED.idBytesPerAggregator),
  );
  const partitions = partitionsFor(aggregators);
  const bytesPerSecond = eventsPerSecond * costs.logBytesPerEvent;
  const series = aggregators * costs.linesPerApp + edges * costs.linesPerEdge;
  const samplesPerSecond = series / ASSUMED.scrapeSeconds;
  return {
    eventsPerSecond,
    messagesPerSecond,
    edges,
    aggregators,
    partitions,
    edgeBusy: edgeCores / edges,
    aggregateBusy: aggregateCores / aggregators,
    log: {
      cores: (eventsPerSecond * costs.logMicrosPerEvent * ASSUMED.copies) / 1e6,
      megabytesPerSecond: bytesPerSecond / 1e6,
      terabytes: (bytesPerSecond * ASSUMED.keptSeconds * ASSUMED.copies) / 1e12,
      syncing: (messagesPerSecond / partitions) * ASSUMED.syncSeconds,
    },
    ids: {
      millions: (2 * allIds) / aggregators / 1e6,
      megabytes: idBytes / aggregators / 1e6,
      startSeconds: (2 * allIds * costs.startMicrosPerId) / aggregators / 1e6,
    },
    liveBusy:
      (aggregators * (costs.liveMillisPerAggregator + ASSUMED.changingSeries * costs.liveMillisPerSeries)) /
      1e3,
    prometheus: {
      series,
      samplesPerSecond,
      gigabytesADay: (samplesPerSecond * 86_400 * costs.bytesPerSample) / 1e9,
      memoryGigabytes: (series * ASSUMED.prometheusBytesPerSeries) / 1e9,
    },
  };
}

function partitionsFor(aggregators: number): number {
  let partitions = FEWEST_PARTITIONS;
  while (partitions < aggregators * PARTITIONS_PER_AGGREGATOR) partitions *= 2;
  return partitions;
}

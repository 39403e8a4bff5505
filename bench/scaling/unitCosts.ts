/** The cost of one event, message, id or series: everything that the plan of docs/scaling.md is computed from. */
export interface UnitCosts {
  /** Events of a batch. A message of the log is a batch. */
  readonly eventsPerBatch: number;
  /** Microseconds of CPU of an edge for an event, from the socket to the acknowledgement of the log. */
  readonly edgeMicrosPerEvent: number;
  /** Microseconds of CPU of an aggregator for an event, its journal's thread and its frames included. */
  readonly aggregateMicrosPerEvent: number;
  /** Microseconds of CPU of the log's server for an event, written once and read once. */
  readonly logMicrosPerEvent: number;
  /** Bytes that the log keeps for an event, in one copy, with what its engine adds to a message. */
  readonly logBytesPerEvent: number;
  /** Milliseconds of CPU of a live process in a second: for each aggregator, and for each series of it that changed. */
  readonly liveMillisPerAggregator: number;
  readonly liveMillisPerSeries: number;
  /** Bytes of memory for a remembered id. */
  readonly bytesPerId: number;
  /** Microseconds by which an id prolongs the start of an aggregator. */
  readonly startMicrosPerId: number;
  /** Label sets, and lines of `/metrics`, of the example shop as `rumkit check` estimates them. */
  readonly seriesPerApp: number;
  readonly linesPerApp: number;
  /** Lines of `/metrics` of an edge: it counts only its own work. */
  readonly linesPerEdge: number;
  /** Bytes on the disk of Prometheus for a sample. */
  readonly bytesPerSample: number;
}

/**
 * Measured on a virtual machine with two cores (Intel Xeon), Node 24.21, nats-server 2.9.10, everything on that machine. The command
 * of each line prints it again; on other machines, put other values here.
 */
export const MEASURED: UnitCosts = {
  // npm run bench -- scaling
  eventsPerBatch: 11,
  edgeMicrosPerEvent: 12.8,
  aggregateMicrosPerEvent: 12.7,
  logMicrosPerEvent: 5.4,
  logBytesPerEvent: 183,
  // On the idle machine: 35 ms a second with 27 series that changed and 75 ms with 213, at up to thirty frames a second. With a load
  // of 15 to 25 by others frames came less often, and took 6 ms.
  liveMillisPerAggregator: 29,
  liveMillisPerSeries: 0.215,
  linesPerEdge: 211,
  // npm run bench -- journal, and the layout of the table of ids
  bytesPerId: 31,
  startMicrosPerId: 0.6,
  // npx rumkit check examples/shop/catalog.ts
  seriesPerApp: 1_200,
  linesPerApp: 3_800,
  // docs/cost.md
  bytesPerSample: 2,
};

/** Assumptions of the plan: they depend on the machines and disks that you buy. */
export const ASSUMED = {
  /** Shares of a core that a process may be busy on average: the rest is for peaks, and to catch up after an outage. */
  edgeShare: 0.6,
  aggregateShare: 0.5,
  /** Seconds for which an id is remembered: pages send again for a day. */
  idSeconds: 86_400,
  /** Bytes of ids that an aggregator should not exceed, so that it starts within a minute or two. */
  idBytesPerAggregator: 4_000_000_000,
  /** Seconds that the log keeps a message, and its copies. */
  keptSeconds: 72 * 3_600,
  copies: 3,
  /** Series of an aggregator that change between two of its frames: those of the measurement. */
  changingSeries: 213,
  /** Seconds for a sync of the log's disk: one for each message of a partition, one after the other. */
  syncSeconds: 0.001,
  /** Seconds between two scrapes, and bytes of memory of Prometheus for a series. */
  scrapeSeconds: 15,
  prometheusBytesPerSeries: 4_000,
} as const;

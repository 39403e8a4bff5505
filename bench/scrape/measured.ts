/** The cost of a scrape for the process that answers it. Times in milliseconds. */
export interface Measured {
  /** From the first to the last byte. */
  readonly total: number;
  /** The same without the time in which other processes had the machine. */
  readonly totalCpu: number;
  /** For which the event loop did not turn, at most. */
  readonly block: number;
  readonly blockCpu: number;
  readonly bytes: number;
  /** MB of resident memory above what was there before, at most. */
  readonly memory: number;
}

/** All scrapes of one process: the first one is slower, because code is cold and labels are rendered. */
export interface Scrapes {
  readonly first: Measured;
  readonly steady: readonly Measured[];
}

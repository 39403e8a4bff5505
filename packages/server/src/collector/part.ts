/** One part of a collector, for the collector's clock and its end. */
export interface Part {
  /** Records the gauges of the part. Runs once per second, and before each scrape. */
  readonly show?: (() => void) | undefined;
  /** Runs once a second, after all gauges. */
  readonly tick?: (() => void) | undefined;
  /** Runs as soon as `stop` is called, to stop observing the process. */
  readonly leave?: (() => void) | undefined;
  /** Closes the part, after all open requests were answered and the earlier parts were closed. */
  readonly close?: (() => Promise<void> | void) | undefined;
  /** Runs after all parts are closed, even after a failure. */
  readonly release?: (() => void) | undefined;
}

/** One part of a collector, for the collector's clock and its end. */
export interface Part {
  /** Records its gauges: once a second, and before each scrape. */
  readonly show?: (() => void) | undefined;
  /** Runs once a second, after all gauges. */
  readonly tick?: (() => void) | undefined;
  /** Runs as soon as the collector is asked to stop: it stops observing the process. */
  readonly leave?: (() => void) | undefined;
  /** Closes it when open requests are answered, after the parts before it. */
  readonly close?: (() => Promise<void> | void) | undefined;
  /** Runs when everything is closed, even after a failure. */
  readonly release?: (() => void) | undefined;
}

/** One thing that a collector is made of, as far as its clock and its end have to know it. */
export interface Part {
  /** Records its gauges: once a second, and before each scrape. */
  readonly show?: (() => void) | undefined;
  /** Runs once a second, after all gauges. */
  readonly tick?: (() => void) | undefined;
  /** Runs as soon as the collector is asked to stop: it watches the process no more. */
  readonly leave?: (() => void) | undefined;
  /** Closes it when open requests are answered, after the parts before it. */
  readonly close?: (() => Promise<void> | void) | undefined;
  /** Runs when everything is closed, whatever failed. */
  readonly release?: (() => void) | undefined;
}

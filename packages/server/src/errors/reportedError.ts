/** One accepted error of a page as people see it: scrubbed, its stack rendered. */
export interface ReportedError {
  readonly fingerprint: string;
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  /** Empty if the page described enough errors of the kind already. */
  readonly message: string;
  /** Milliseconds since 1970, by the collector's clock. */
  readonly at: number;
  readonly times: number;
  /** A route pattern, or `unmatched`. */
  readonly route: string;
  /** The app's release, as the page sends it; `unknown` without one. */
  readonly release: string;
  /** The source that caught it: `uncaught`, `rejection`, `react`. */
  readonly source: string;
  /** The family of the browser. */
  readonly browser: string;
  /** Rendered frames, the innermost first. */
  readonly stack: readonly string[];
  /** True if a source map was used for the stack. */
  readonly resolved: boolean;
}

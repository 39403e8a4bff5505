/** One accepted error of a page as people see it: scrubbed, its stack rendered. */
export interface ReportedError {
  readonly fingerprint: string;
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  /** Empty where the page described enough errors of the kind. */
  readonly message: string;
  /** Milliseconds since 1970, by the collector's clock. */
  readonly at: number;
  readonly times: number;
  /** A route pattern, or `unmatched`. */
  readonly route: string;
  /** The app's, as the page says; `unknown` where it says none. */
  readonly release: string;
  /** Who saw it: `uncaught`, `rejection`, `react`. */
  readonly source: string;
  /** The family of the browser. */
  readonly browser: string;
  /** Rendered frames, the innermost first. */
  readonly stack: readonly string[];
  /** True where a source map made the stack. */
  readonly resolved: boolean;
}

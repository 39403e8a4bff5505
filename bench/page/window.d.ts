import type { Metrics } from "@rumkit/browser";

declare global {
  interface Window {
    /** Set by every measured page. */
    startMs: number;
    /** The client, on pages that have one. */
    metrics?: Metrics;
  }
}

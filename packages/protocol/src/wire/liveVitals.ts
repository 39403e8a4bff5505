import type { WebVitalName } from "../values/webVitals.ts";

/** Answer of `GET /realtime/vitals`: the Web Vitals of the last 15 minutes, by route and by device. */
export interface LiveVitals {
  /** Start of the first minute, in Unix seconds. */
  from: number;
  /** End of the last minute, in Unix seconds: it has not ended. */
  to: number;
  /** By `route`, then by `device`. Without any observation, a table is left out. */
  tables: LiveVitalTable[];
}

/** The Web Vitals by the values of one label. */
export interface LiveVitalTable {
  /** `route` or `device`. */
  label: string;
  /** The values with the most observations, at most 100, most first. */
  rows: LiveVitalRow[];
}

export interface LiveVitalRow {
  /** The value of the label: `/cart`, `mobile`. */
  value: string;
  /** LCP, INP, CLS, FCP and TTFB, without those that were not observed. */
  vitals: LiveRatedVital[];
}

/** The observations of one vital. Their number is the sum of the three ratings. */
export interface LiveRatedVital {
  vital: WebVitalName;
  /** 75th percentile within 1 %, in seconds, or a score for CLS; 0 is up to 0.001. */
  p75: number;
  /** Observations by the thresholds of the vital, exact. */
  good: number;
  needsImprovement: number;
  poor: number;
}

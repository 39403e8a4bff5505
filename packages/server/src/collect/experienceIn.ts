import { type WebVitalRating, type WebVitalSpec, webVitals } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { EXPERIENCES } from "../metrics/labelValues.ts";

/** The vitals that make a session's experience, by their metric: as the page's client judges it. */
const JUDGED = new Map<string, WebVitalSpec>(
  [webVitals.LCP, webVitals.INP, webVitals.CLS].map((vital) => [vital.metric, vital]),
);

/** Returns the worst rating of the vitals among the samples, and of what page views say of the time before them. */
export function experienceIn(samples: readonly Sample[]): WebVitalRating | undefined {
  let worst = -1;
  for (const { metric, labels, value } of samples) {
    const vital = JUDGED.get(metric);
    if (vital) worst = Math.max(worst, rankOf(value, vital));
    else if (metric === "rum_page_views_total")
      worst = Math.max(worst, (EXPERIENCES as readonly string[]).indexOf(labels["experience"] ?? ""));
  }
  return EXPERIENCES[worst];
}

function rankOf(value: number, { good, poor }: WebVitalSpec): number {
  if (value <= good) return 0;
  return value <= poor ? 1 : 2;
}

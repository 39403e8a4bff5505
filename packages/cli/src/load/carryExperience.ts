import { EXPERIENCES, webVitals } from "@rumkit/protocol";
import type { TimedEvent } from "./diary.ts";

/** Lets page views and conversions say the worst rating of LCP, INP and CLS so far, as a page does. */
export function carryExperience(events: readonly TimedEvent[]): TimedEvent[] {
  let worst = -1;
  return events.map((timed) => {
    const { event } = timed;
    if (event.type === "LCP" || event.type === "INP" || event.type === "CLS") {
      const { good, poor } = webVitals[event.type];
      worst = Math.max(worst, event.value <= good ? 0 : event.value <= poor ? 1 : 2);
    }
    const carries = event.type === "page_view" || event.type === "conversion";
    const experience = EXPERIENCES[worst];
    return carries && experience !== undefined ? { ...timed, event: { ...event, experience } } : timed;
  });
}

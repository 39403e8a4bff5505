import { type PageEvent, type WebVitalRating, webVitals } from "@rumkit/protocol";
import type { Step } from "./describeVisit.ts";

/** Lets page views and conversions say what the session has experienced before them: here the rating of its LCP. */
export function carryExperience(visit: readonly Step[]): Step[] {
  let experience: WebVitalRating | undefined;
  const carry = (event: PageEvent): PageEvent => {
    if (event.type === "LCP") experience = rate(event.value);
    const carries = event.type === "page_view" || event.type === "conversion";
    return carries && experience !== undefined ? { ...event, experience } : event;
  };
  return visit.map((step) => (step.kind === "send" ? { ...step, events: step.events.map(carry) } : step));
}

function rate(seconds: number): WebVitalRating {
  if (seconds <= webVitals.LCP.good) return "good";
  return seconds <= webVitals.LCP.poor ? "needs_improvement" : "poor";
}

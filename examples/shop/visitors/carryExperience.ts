import { type PageEvent, type WebVitalRating, webVitals } from "@rumkit/protocol";
import type { Step } from "./steps.ts";

/**
 * Lets page views, conversions and requests to the shop's own API say what the session has experienced before
 * them: here the rating of its LCP.
 */
export function carryExperience(visit: readonly Step[]): Step[] {
  let experience: WebVitalRating | undefined;
  const carry = (event: PageEvent): PageEvent => {
    if (event.type === "LCP") experience = rate(event.value);
    const carries = event.type === "page_view" || event.type === "conversion";
    return carries && experience !== undefined ? { ...event, experience } : event;
  };
  return visit.map((step) => {
    if (step.kind === "send") return { ...step, events: step.events.map(carry) };
    return step.kind === "request" && experience !== undefined ? { ...step, experience } : step;
  });
}

function rate(seconds: number): WebVitalRating {
  if (seconds <= webVitals.LCP.good) return "good";
  return seconds <= webVitals.LCP.poor ? "needs_improvement" : "poor";
}

import { type VitalEvent, type WebVitalRating, type WebVitalSpec, webVitals } from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import { MAX_ELEMENT_NAMES } from "./clicksAndForms.ts";
import { INP_PARTS, LCP_PARTS, NONE } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";
import { createNameLimit, toElementName } from "./elementNames.ts";

/** Observes a vital, and counts the causes of LCP and INP. */
export type ObserveVital = (event: VitalEvent, at: Occurrence) => readonly Sample[] | Rejection;

/**
 * Creates the translation of vitals. Each collector needs a separate one, because it remembers the names of elements.
 */
export function createVitalSamples(): ObserveVital {
  const limitName = createNameLimit(MAX_ELEMENT_NAMES);
  const elementOf = ({ element }: VitalEvent): string =>
    element === undefined ? NONE : limitName(toElementName(element));

  return (event, at) => {
    const observed = observe(event, at);
    if (isRejection(observed)) return observed;
    if (event.type !== "LCP" && event.type !== "INP") return [observed];
    const rating = rate(event.value, webVitals[event.type]);
    return [observed, countCause(event, elementOf(event), rating, at.times)];
  };
}

function observe(event: VitalEvent, { route, times }: Occurrence): Sample | Rejection {
  const { type, value, navigation = "hard" } = event;
  const { metric, highest, unit } = webVitals[type];
  if (value > highest) {
    return new Rejection("bad_number", () => `${type} is at most ${highest} ${unit}, not ${value}.`);
  }
  return { metric, labels: { route, navigation }, value, times };
}

function countCause(event: VitalEvent, element: string, rating: WebVitalRating, times: number): Sample {
  if (event.type === "LCP") {
    return once("rum_lcp_elements_total", { part: partOf(LCP_PARTS, event), element, rating }, times);
  }
  const labels = { part: partOf(INP_PARTS, event), party: event.party ?? NONE, element, rating };
  return once("rum_inp_interactions_total", labels, times);
}

/** Returns the part if the vital can have it: LCP has no input delay. */
function partOf(parts: readonly string[], { part }: VitalEvent): string {
  return part !== undefined && parts.includes(part) ? part : NONE;
}

function rate(value: number, { good, poor }: WebVitalSpec): WebVitalRating {
  if (value <= good) return "good";
  return value <= poor ? "needs_improvement" : "poor";
}

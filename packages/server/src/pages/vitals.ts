import {
  type Device,
  type LabelSpec,
  type VitalEvent,
  type WebVitalName,
  type WebVitalRating,
  webVitals,
  type WebVitalSpec,
} from "@rumkit/protocol";
import { createNameLimit, MAX_ELEMENT_NAMES, toElementName } from "./clicksAndForms.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import {
  DEVICES,
  EXPERIENCES,
  INP_PARTS,
  LCP_PARTS,
  NAVIGATIONS,
  NONE,
  PARTIES,
} from "../metrics/labelValues.ts";
import { ELEMENT_NAME_RULE, lazyPageCounter, pageCounter, pageHistogram } from "../metrics/describeFamily.ts";
import { isRejection, Rejection } from "../base/rejection.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, increment } from "../vocabulary/countedEvent.ts";

/**
 * Maximum label sets of a vital's causes: 200 elements with ten of 48 possible sets each. An element is usually slow
 * for the same reason.
 */
const MAX_CAUSES = 2_000;

const RATINGS = "rum_vital_ratings_total";

const VITALS = Object.keys(webVitals) as WebVitalName[];

/** Each vital by the name of its histogram. */
const BY_METRIC = new Map(VITALS.map((vital) => [webVitals[vital].metric, vital]));

/** Describes the vitals, and the causes of LCP and INP. */
export function describeVitalMetrics(routes: readonly string[]): MetricDescriptor[] {
  return [
    ...Object.values(webVitals).map((vital) => describeVital(vital, routes)),
    pageCounter(RATINGS, "Web Vitals of loaded documents (hard), by device and rating.", {
      vital: VITALS,
      device: DEVICES,
      rating: EXPERIENCES,
    }),
    describeCauses(
      "rum_lcp_elements_total",
      "Elements that were the main content (LCP), by rating and slowest part.",
      {
        part: [...LCP_PARTS, NONE],
      },
    ),
    describeCauses(
      "rum_inp_interactions_total",
      "Slowest interactions (INP), by rating and the part that took longest.",
      {
        part: [...INP_PARTS, NONE],
        party: [...PARTIES, NONE],
      },
    ),
  ];
}

function describeVital(
  { metric, help, unit, buckets }: WebVitalSpec,
  routes: readonly string[],
): MetricDescriptor {
  return pageHistogram(metric, help, { unit, buckets }, { route: routes, navigation: NAVIGATIONS });
}

function describeCauses(name: string, help: string, parts: LabelSpec): MetricDescriptor {
  const labels = { ...parts, element: [], rating: EXPERIENCES };
  // With `none` and `__other__`.
  const elements = MAX_ELEMENT_NAMES + 2;
  const sets = Object.values(parts).reduce((product, values) => product * values.length, 1);
  return {
    ...lazyPageCounter(name, help, labels, Math.min(sets * elements * EXPERIENCES.length, MAX_CAUSES)),
    values: { ...parts, rating: EXPERIENCES },
    rules: { element: ELEMENT_NAME_RULE },
  };
}

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
  const { metric, highest } = webVitals[type];
  if (value > highest) return tooHigh(event);
  return { metric, labels: { route, navigation }, value, times };
}

/** Separate, because V8 allocates what a closure captures even if the closure is never created. */
function tooHigh({ type, value }: VitalEvent): Rejection {
  const { highest, unit } = webVitals[type];
  return new Rejection("bad_number", () => `${type} is at most ${highest} ${unit}, not ${value}.`);
}

/**
 * Counts the vitals of loaded documents by device and rating. A device in the histograms would make four series of each one.
 *
 * @param vitals Those of a batch, scaled.
 * @param deviceOf Returns the device of its session. Called once, and only if there is something to count.
 */
export function countRatings(vitals: readonly Sample[], deviceOf: () => Device): Sample[] {
  const ratings: Sample[] = [];
  let device: Device | undefined;
  for (const { metric, labels, value, times = 1 } of vitals) {
    const vital = BY_METRIC.get(metric);
    if (vital === undefined || labels["navigation"] !== "hard") continue;
    device ??= deviceOf();
    ratings.push(increment(RATINGS, { vital, device, rating: rate(value, webVitals[vital]) }, times));
  }
  return ratings;
}

/** Returns the observations of vitals among samples. */
export function vitalsIn(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ metric }) => BY_METRIC.has(metric));
}

function countCause(event: VitalEvent, element: string, rating: WebVitalRating, times: number): Sample {
  if (event.type === "LCP") {
    return increment("rum_lcp_elements_total", { part: partOf(LCP_PARTS, event), element, rating }, times);
  }
  const labels = { part: partOf(INP_PARTS, event), party: event.party ?? NONE, element, rating };
  return increment("rum_inp_interactions_total", labels, times);
}

/** Returns the part if the vital can have it: LCP has no input delay. */
function partOf(parts: readonly string[], { part }: VitalEvent): string {
  return part !== undefined && parts.includes(part) ? part : NONE;
}

function rate(value: number, { good, poor }: WebVitalSpec): WebVitalRating {
  if (value <= good) return "good";
  return value <= poor ? "needs_improvement" : "poor";
}

import { type LabelSpec, type WebVitalSpec, webVitals } from "@rumkit/protocol";
import { MAX_ELEMENT_NAMES } from "./clicksAndForms.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { EXPERIENCES, INP_PARTS, LCP_PARTS, NAVIGATIONS, NONE, PARTIES } from "../metrics/labelValues.ts";
import { ELEMENT_NAME_RULE, lazyPageCounter, pageHistogram } from "../metrics/pageFamily.ts";

/**
 * Maximum label sets of a vital's causes: 200 elements with ten of 48 possible sets each. An element is usually slow
 * for the same reason.
 */
const MAX_CAUSES = 2_000;

/** Describes the vitals, and the causes of LCP and INP. */
export function describeVitalMetrics(routes: readonly string[]): MetricDescriptor[] {
  return [
    ...Object.values(webVitals).map((vital) => describeVital(vital, routes)),
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

import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { namedPageCounter } from "../metrics/pageFamily.ts";

/**
 * Maximum names of elements, and of forms. `data-rum` names come from pages, so their number must be bounded. Two
 * hundred are more than a dashboard can show.
 */
export const MAX_ELEMENT_NAMES = 200;

const clicks = {
  rum_clicks_total: "Clicks by the data-rum name of the element, else by its role or tag.",
  rum_rage_clicks_total: "Times that a user clicked one place again and again.",
  rum_dead_clicks_total: "Clicks without any effect.",
  rum_error_clicks_total: "Clicks that an error followed.",
};

const forms = {
  rum_form_starts_total: "Forms that users began to fill in.",
  rum_form_submissions_total: "Forms that users sent.",
  rum_form_abandons_total: "Forms that users began and left without sending them.",
};

/** Describes clicks and forms, by names that pages send. */
export function describeUseMetrics(): MetricDescriptor[] {
  return [...describeNames(clicks, "element"), ...describeNames(forms, "form")];
}

function describeNames(families: Readonly<Record<string, string>>, label: string): MetricDescriptor[] {
  return Object.entries(families).map(([name, help]) =>
    namedPageCounter(name, help, label, MAX_ELEMENT_NAMES),
  );
}

import { type MetricDescriptor, OTHER } from "../metrics/descriptor.ts";
import { namedPageCounter } from "../metrics/describeFamily.ts";
import type { ClickEvent, FormEvent } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, increment } from "../vocabulary/countedEvent.ts";

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

const clickFamilies: Readonly<Record<ClickEvent["type"], string>> = {
  click: "rum_clicks_total",
  rage_click: "rum_rage_clicks_total",
  dead_click: "rum_dead_clicks_total",
  error_click: "rum_error_clicks_total",
};

const formFamilies: Readonly<Record<FormEvent["type"], string>> = {
  form_start: "rum_form_starts_total",
  form_submit: "rum_form_submissions_total",
  form_abandon: "rum_form_abandons_total",
};

/** Counts one click of its kind, by the element. */
export function countClick({ type, name }: ClickEvent, { times }: Occurrence): Sample[] {
  return [increment(clickFamilies[type], { element: toElementName(name) }, times)];
}

/** Counts one step of filling in a form, by the form. */
export function countForm({ type, name }: FormEvent, { times }: Occurrence): Sample[] {
  return [increment(formFamilies[type], { form: toElementName(name) }, times)];
}

/** An element's name that can be a label: written by a developer in `data-rum`, not by a user. */
const ELEMENT_NAME = /^[\w.:/-]{1,64}$/;

/** Returns the name if it can be a label, else `__other__`. */
export function toElementName(name: string): string {
  return ELEMENT_NAME.test(name) ? name : OTHER;
}

/**
 * Creates a function that keeps the first `most` different names; later new names become `__other__`.
 *
 * For families with more labels: the limit of the family would replace those by `__other__` as well.
 */
export function createNameLimit(most: number): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    if (seen.has(name)) return name;
    if (seen.size >= most) return OTHER;
    seen.add(name);
    return name;
  };
}

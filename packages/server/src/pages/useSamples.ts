import type { ClickEvent, FormEvent } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";
import { toElementName } from "./elementNames.ts";

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
  return [once(clickFamilies[type], { element: toElementName(name) }, times)];
}

/** Counts one step of filling in a form, by the form. */
export function countForm({ type, name }: FormEvent, { times }: Occurrence): Sample[] {
  return [once(formFamilies[type], { form: toElementName(name) }, times)];
}

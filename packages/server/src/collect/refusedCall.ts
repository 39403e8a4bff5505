import type { Rejection } from "../base/rejection.ts";

/** The function of the client that makes the events of a type, and the field that its first argument is. */
const CALLS: Readonly<Record<string, readonly [call: string, field: string]>> = {
  action: ["trackAction", "name"],
  conversion: ["trackConversion", "name"],
  feature: ["trackFeature", "name"],
  measurement: ["measure", "name"],
  page_view: ["trackPageView", "route"],
};

/** UTF-16 units of an argument in a sentence. */
const MAX_SHOWN = 128;

/**
 * Why an event is not counted, as a sentence for the console of the page that sent it, with the call that made it:
 * `trackAction("add_to_crat") was refused: unknown name. Did you mean "add_to_cart"?`
 */
export function describeRefusedCall(event: unknown, { message, hint }: Rejection<string>): string {
  return `${callOf(event)} was refused: ${hint === undefined ? message : `unknown name. ${hint()}`}`;
}

function callOf(event: unknown): string {
  const fields = Object(event) as Readonly<Record<string, unknown>>;
  const type = Object.hasOwn(fields, "type") ? fields["type"] : undefined;
  if (typeof type !== "string") return "An event without a type";
  if (!Object.hasOwn(CALLS, type)) return `An event of type ${show(type)}`;
  const [call, field] = CALLS[type]!;
  return `${call}(${show(fields[field])})`;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, MAX_SHOWN)) : typeof value;
}

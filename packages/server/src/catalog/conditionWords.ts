import type { AlertCondition, AlertLabels } from "@rumkit/protocol";
import { atLeastOf, windowOf } from "./alertDefaults.ts";

/** A condition in words. */
export interface ConditionWords {
  /** `rum_js_errors_total{route="/checkout"} per second over 5m is above 0.5`. */
  readonly condition: string;
  /** One line about a firing alert, with `{value}` and the labels in it. */
  readonly summary: string;
}

/**
 * Describes a condition: the texts of an alert come from what it evaluates, so they cannot promise anything else.
 *
 * @param isGauge The condition reads a gauge.
 */
export function describeCondition(when: AlertCondition, isGauge: boolean): ConditionWords {
  if ("absent" in when) return describeAbsence(when, isGauge);
  if ("slowPagesCost" in when)
    return {
      condition: `sessions with slow pages spent more than ${when.above} ${when.slowPagesCost} less in 1d than they would have spent as fast ones, with ${atLeastOf(when)} conversions of fast sessions or more, and as many expected of slow ones`,
      summary: `slow pages cost about {value} ${when.slowPagesCost} in a day.`,
    };
  const value = describeValue(when);
  const side = when.above === undefined ? "below" : "above";
  const limit = when.above ?? when.below ?? 0;
  const earlier = "comparedTo" in when ? when.comparedTo : undefined;
  const least = atLeastOf(when);
  const enough = least > 0 ? `, with ${least} ${countedWords(when)} or more` : "";
  const places = ("by" in when ? (when.by ?? []) : []).map((label) => `${label} {${label}}`).join(", ");
  const at = places === "" ? "" : ` (${places})`;
  return earlier === undefined
    ? {
        condition: `${value} is ${side} ${limit}${enough}`,
        summary: `${value}${at} is {value}, ${side} ${limit}.`,
      }
    : {
        condition: `${value} is ${side} ${limit} times what it was ${earlier} ago${enough}`,
        summary: `${value}${at} is {value} of what it was ${earlier} ago.`,
      };
}

function describeAbsence(
  when: Extract<AlertCondition, { absent: unknown }>,
  isGauge: boolean,
): ConditionWords {
  const { absent, labels, over, comparedTo } = when;
  const name = absent + selectorOf(labels);
  const earlier =
    comparedTo === undefined
      ? ""
      : `, and ${comparedTo} earlier the same window had ${atLeastOf(when)} or more`;
  return {
    condition: `${isGauge ? `${name} has no value` : `nothing is counted in ${name}`} over ${over} while the collector is scraped${earlier}`,
    summary: isGauge ? `${name} had no value for ${over}.` : `nothing was counted in ${name} for ${over}.`,
  };
}

function describeValue(
  when: Exclude<AlertCondition, { absent: unknown } | { slowPagesCost: unknown }>,
): string {
  const over = windowOf(when);
  const labels = selectorOf(when.labels);
  if ("rate" in when) return `${when.rate}${labels} per second over ${over}`;
  if ("increase" in when) return `the increase of ${when.increase}${labels} over ${over}`;
  if ("ratio" in when)
    return `the ratio of ${when.ratio}${labels} to ${when.to}${selectorOf(when.toLabels)} over ${over}`;
  if ("quantile" in when) return `the ${when.quantile} quantile of ${when.of}${labels} over ${over}`;
  if ("share" in when) return `the share of ${when.share}${labels} within ${when.within} over ${over}`;
  return when.gauge + labels;
}

function countedWords(when: AlertCondition): string {
  if ("quantile" in when || "share" in when) return "observations";
  if (!("comparedTo" in when) || when.comparedTo === undefined) return "events";
  return "ratio" in when ? "expected" : "then";
}

/** Label values as PromQL shows them, in quotes, outside of templates. */
function selectorOf(labels: AlertLabels = {}): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${[value].flat().join("|")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

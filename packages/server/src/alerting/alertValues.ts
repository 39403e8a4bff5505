import type { LiveAlertValues } from "@rumkit/protocol";
import type { Alert } from "../alerts/alert.ts";
import { type ComparedValues, VALUE_STEP_SECONDS } from "../alerts/comparedValues.ts";
import type { AlertRule } from "../alerts/rule.ts";

/** Maximum lines of a chart: more look alike. */
const MOST_LINES = 6;

/** Returns the values of an alert that is pending, firing or recovering, by its episode; undefined for any other. */
export type AlertValuesOf = (episode: string) => LiveAlertValues | undefined;

export interface AlertValuesSources {
  readonly rules: readonly AlertRule[];
  readonly current: () => readonly Alert[];
  readonly compared: ComparedValues;
}

export function createAlertValues({ rules, current, compared }: AlertValuesSources): AlertValuesOf {
  return (episode) => {
    const alert = current().find((candidate) => candidate.episode === episode);
    const rule = alert && rules.find((candidate) => isOf(alert, candidate));
    if (!rule) return undefined;
    const { at, groups, lines } = compared.read(rule);
    const isOwn = (labels: Alert["labels"]): boolean => hasAll(alert.labels, labels);
    const own = lines.find(({ labels }) => isOwn(labels));
    const shown = [...(own ? [own] : []), ...lines.filter((line) => line !== own)].slice(0, MOST_LINES);
    const { threshold, side, unit } = rule;
    return {
      at,
      stepSeconds: VALUE_STEP_SECONDS,
      by: rule.condition.by,
      threshold,
      side,
      unit,
      groups,
      lines: shown.map(({ labels, holds, values }) => ({
        labels,
        isOwn: isOwn(labels),
        holds,
        values: values.map((value) => (Number.isFinite(value) ? value : null)),
      })),
    };
  };
}

/** The windows of a burn rate share a name, and differ in their labels. */
function isOf({ name, labels }: Alert, rule: AlertRule): boolean {
  return rule.name === name && hasAll(labels, rule.labels);
}

function hasAll(labels: Alert["labels"], wanted: Alert["labels"]): boolean {
  return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}

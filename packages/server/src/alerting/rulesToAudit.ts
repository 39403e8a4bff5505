import type { Catalog } from "@rumkit/protocol";
import type { AlertRule } from "../alerts/rule.ts";
import type { Rules } from "../audit/ruleChanges.ts";
import type { AlertsOptions } from "./alertsOptions.ts";

/** Everything that decides who hears of what: versioned configuration, without secrets and addresses. */
export function rulesToAudit(
  { alerts, objectives }: Pick<Catalog, "alerts" | "objectives">,
  rules: readonly AlertRule[],
  options: AlertsOptions,
): Rules {
  const { receivers = {}, actions = {}, heartbeat, onAlert: _, ...notices } = options;
  return {
    catalog: { alerts, objectives },
    rules: Object.fromEntries(rules.map((rule) => [rule.id, thresholdsOf(rule)])),
    ...notices,
    heartbeat: heartbeat && { every: heartbeat.every },
    receivers: mapValues(receivers, ({ type }) => ({ type })),
    actions: mapValues(actions, ({ url: _url, secret: _secret, authorization: _header, ...rest }) => rest),
  };
}

function thresholdsOf({ threshold, side, forMs, keepFiringForMs, noDataForMs, labels }: AlertRule) {
  return { threshold, side, forMs, keepFiringForMs, noDataForMs, severity: labels["severity"] };
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

import { alertRules } from "./alertRules.ts";
import { bucketRules } from "./bucketRules.ts";
import { costRules } from "./costRules.ts";
import { funnelRules } from "./funnelRules.ts";
import { helpRules } from "./helpRules.ts";
import { labelRules } from "./labelRules.ts";
import { liveRules } from "./liveRules.ts";
import { moneyRules } from "./moneyRules.ts";
import { nameRules } from "./nameRules.ts";
import { objectiveRules } from "./objectiveRules.ts";
import { routeRules } from "./routeRules.ts";
import type { Rule } from "./rule.ts";
import { unitRules } from "./unitRules.ts";

/** Every rule that finds a warning, in the order of the document. */
export const RULES: readonly Rule[] = [
  ...nameRules,
  ...helpRules,
  ...labelRules,
  ...unitRules,
  ...bucketRules,
  ...routeRules,
  ...funnelRules,
  ...objectiveRules,
  ...alertRules,
  ...liveRules,
  ...moneyRules,
  ...costRules,
];

/** Rules that find errors: a collector with such a catalog does not start. They cannot be disabled. */
export const ERRORS: Readonly<Record<string, string>> = {
  invalid: "The catalog does not have the shape that the collector reads.",
  "metric-clash": "Two entries would be one metric, or a metric has a name that Prometheus reserves.",
  "series-budget": "The metrics have more series than a process may have.",
};

/** Rules about the comments that disable rules. */
export const UNKNOWN_RULE = {
  id: "unknown-rule",
  reason: "A comment that disables a rule which does not exist disables nothing.",
} as const;

/** The rule about several catalogs together. */
export const SAME_APP = {
  id: "same-app",
  reason:
    "Boards of two catalogs with one app have the same titles and ids, and Grafana's provider silently stops.",
} as const;

/** Every rule, in the order of the document. */
export const ALL_RULES: readonly Pick<Rule, "id" | "reason">[] = [...RULES, SAME_APP, UNKNOWN_RULE];

/** Every rule that can be disabled. */
export const RULE_IDS: readonly string[] = ALL_RULES.map(({ id }) => id);

/** Returns the table of docs/lint.md. */
export function renderRulesTable(): string {
  const rows = [
    ...Object.entries(ERRORS).map(([id, reason]) => [`\`${id}\``, "error", reason]),
    ...ALL_RULES.map(({ id, reason }) => [`\`${id}\``, "warning", reason]),
  ];
  const head = ["rule", "level", "why"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

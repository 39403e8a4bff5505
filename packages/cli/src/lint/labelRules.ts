import { templatePath } from "@rumkit/protocol";
import { toSnakeCase } from "@rumkit/server/internal/metrics";
import { entriesOf, findRepeats, type Path, type Problem, quote, type Rule, type Subject } from "./rule.ts";

/** Label sets of one entry from which a board is hard to read, and each scrape is paid for. */
const MANY_SETS = 100;

/** Values of one label from which it is a list of things rather than of kinds. */
const MANY_VALUES = 50;

/** Names of things that are as many as users, orders or moments. */
const UNBOUNDED =
  /^(?:(?:user|account|customer|session|visitor|order|cart|product|item|request|trace|span|device|client|transaction|invoice|message)_?(?:id|uuid|guid|number|no)|id|uuid|guid|e?mail|email_address|ip|ip_address|address|phone|username|user_name|user_agent|url|uri|href|path|query|referrer|referer|timestamp|time|date|token|hash|sku|text|message|error_message|stack)$/i;

/**
 * Labels that service discovery of Prometheus, its operator and external labels commonly set on every target
 * (prometheus.io/docs, `kubernetes_sd_config`; prometheus-operator, ServiceMonitor).
 */
const OF_TARGETS: ReadonlySet<string> = new Set(
  (
    "namespace pod container node service endpoint cluster prometheus prometheus_replica replica region zone host " +
    "hostname env environment app tenant datacenter dc"
  ).split(" "),
);

/** Labels of alerts: an alert about such a series gets the label of its rule instead. */
const OF_ALERTS: ReadonlySet<string> = new Set([
  "alertname",
  "alertstate",
  "severity",
  "team",
  "objective",
  "runbook_url",
]);

/** A label of an entry. */
interface Label {
  readonly path: Path;
  readonly label: string;
  readonly values: readonly string[];
  /** Entries of one family share their labels. */
  readonly family: string;
}

export const labelRules: readonly Rule[] = [
  {
    id: "label-cardinality",
    reason:
      "Every combination of label values is a series that is scraped and stored, whether it says something or not.",
    find: findLargeEntries,
  },
  each(
    "label-unbounded",
    "A label of ids, addresses or texts never ends, while an attribute reaches the live page and costs no series.",
    ({ label, values }) => {
      const ids = values.filter(looksLikeId);
      if (UNBOUNDED.test(label))
        return { what: "names something that has no closed set of values.", fix: "Send it as an attribute." };
      return ids.length > 0 && ids.length * 2 >= values.length
        ? { what: `has values that look like ids: ${quote(ids[0]!)}.`, fix: "Send it as an attribute." }
        : undefined;
    },
  ),
  {
    id: "label-values-alike",
    reason: "Values that differ only in case, spaces or form split one thing into two series.",
    find: findAlikeValues,
  },
  each(
    "label-value-space",
    "A space at the edge of a value cannot be seen, and a query without it finds nothing.",
    ({ values }) => {
      const place = values.findIndex((value) => value !== value.trim());
      return place < 0
        ? undefined
        : {
            at: [place],
            what: `has a space at its edge: ${quote(values[place]!)}.`,
            fix: `Write ${quote(values[place]!.trim())}.`,
          };
    },
  ),
  each("label-one-value", "A label that always has one value selects nothing.", ({ values }) =>
    values.length === 1
      ? {
          what: `has one value only, ${quote(values[0]!)}.`,
          fix: "Remove the label, or declare its other values.",
        }
      : undefined,
  ),
  each(
    "label-case",
    "Labels are written in snake_case (prometheus.io/docs/practices/naming), and queries are case-sensitive.",
    ({ label }) =>
      /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(label)
        ? undefined
        : { what: "is not in snake_case.", fix: `Use ${toSnakeCase(label) || "another name"}.` },
  ),
  {
    id: "label-names-alike",
    reason: "Two spellings of one label in one metric are two labels, and a query by one misses the other.",
    find: ({ catalog }) =>
      findRepeats(
        uniqueNames(labelsOf(catalog)),
        ({ family, label }) => `${family} ${toSnakeCase(label).replaceAll("_", "")}`,
      ).map(({ first, again }) => ({
        path: again.path,
        what: `is nearly the same name as ${first.path.join(".")}.`,
        fix: `Use ${toSnakeCase(first.label)} for both.`,
      })),
  },
  each(
    "label-of-target",
    "Prometheus renames a label that a target has as well to `exported_…`, so that queries by it find the target's.",
    ({ label }) =>
      OF_TARGETS.has(label)
        ? {
            what: "is a label that service discovery often sets on targets.",
            fix: `Take another, e.g. item_${label}.`,
          }
        : undefined,
  ),
  each("label-of-alert", "A rule replaces a label of its series that alerts have as well.", ({ label }) =>
    OF_ALERTS.has(label)
      ? {
          what: "is a label of alerts, and a rule would replace it.",
          fix: `Take another, e.g. item_${label}.`,
        }
      : undefined,
  ),
];

function each(
  id: string,
  reason: string,
  find: (label: Label) => (Omit<Problem, "path"> & { readonly at?: Path }) | undefined,
): Rule {
  return {
    id,
    reason,
    find: ({ catalog }) =>
      labelsOf(catalog).flatMap((label) => {
        const problem = find(label);
        if (!problem) return [];
        const { at = [], what, fix } = problem;
        return [{ path: [...label.path, ...at], what, fix }];
      }),
  };
}

function labelsOf(catalog: Subject["catalog"]): Label[] {
  return entriesOf(catalog).flatMap(({ path, name, group, labels, isOfServer }) =>
    Object.entries(labels).map(([label, values]) => ({
      path: [...path, "labels", label],
      label,
      values,
      family: group === "actions" || group === "conversions" ? `${group} ${isOfServer}` : `${group} ${name}`,
    })),
  );
}

/** Each label of a family once. */
function uniqueNames(labels: readonly Label[]): Label[] {
  return [
    ...new Map(labels.toReversed().map((label) => [`${label.family} ${label.label}`, label])).values(),
  ].toReversed();
}

function findLargeEntries({ catalog }: Subject): Problem[] {
  const large = entriesOf(catalog).flatMap(({ path, labels }): Problem[] => {
    const sizes = Object.entries(labels).map(([label, values]) => [label, values.length] as const);
    const sets = sizes.reduce((product, [, size]) => product * size, 1);
    const [label, size] = sizes.toSorted((a, b) => b[1] - a[1])[0] ?? [];
    if (label === undefined || (sets <= MANY_SETS && size! <= MANY_VALUES)) return [];
    const what =
      sizes.length === 1
        ? `has ${size} values.`
        : `has ${size} values, and the labels have ${sets} combinations together.`;
    return [{ path: [...path, "labels", label], what, fix: "Group the values, or send it as an attribute." }];
  });
  return large;
}

/** Compares the values of a label within an entry, and over all entries of a metric. */
function findAlikeValues({ catalog }: Subject): Problem[] {
  const values = labelsOf(catalog).flatMap(({ path, label, family, values: own }) =>
    own.map((value, place) => ({
      path: [...path, place],
      value,
      key: `${family} ${label} ${foldValue(value)}`,
    })),
  );
  // The same value in two entries is one value.
  const unique = [
    ...new Map(values.toReversed().map((item) => [`${item.key}\0${item.value}`, item])).values(),
  ].toReversed();
  return findRepeats(unique, ({ key }) => key).map(({ first, again }) => ({
    path: again.path,
    what: `is ${quote(again.value)}, and ${first.path.slice(0, -1).join(".")} has ${quote(first.value)}.`,
    fix: `Use ${quote(first.value.trim())} for both.`,
  }));
}

/** A value without what a reader does not see: case, separators, and the forms of Unicode. */
function foldValue(value: string): string {
  return value
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_\-\p{Default_Ignorable_Code_Point}]+/gu, "");
}

function looksLikeId(value: string): boolean {
  if (value.includes("/") || /^\d{1,4}$/.test(value)) return false;
  return templatePath(`/${value}`) !== `/${value}`;
}

import { parser } from "@prometheus-io/lezer-promql";
import { describeMetrics } from "@rumkit/server/internal/metrics";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { alerting, catalogs as shared } from "../../../../test/support/catalogs.ts";
import { DEFAULT_SETTINGS } from "../base/generateSettings.ts";
import { describeRules } from "../rules/rules.ts";
import { renderGrafanaAlerting } from "./alerting.ts";

const catalogs = [...shared, ["a catalog with alerts", alerting] as const];

interface Rule {
  uid: string;
  title: string;
  for: string;
  keepFiringFor?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  data: { refId: string; datasourceUid: string; model: { expr?: string; expression?: string } }[];
}

interface File {
  groups: { name: string; rules: Rule[] }[];
}

const duration = { type: "string", pattern: "^\\d+[smhd]$" };
const texts = { type: "object", additionalProperties: { type: "string", minLength: 1 } };
const range = {
  type: "object",
  required: ["from", "to"],
  properties: { from: { type: "integer" }, to: { const: 0 } },
};

/** The shape of a provisioning file, by `AlertRuleV1` and `QueryV1` of grafana/grafana, pkg/services/provisioning/alerting. */
const schema = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "groups"],
  properties: {
    apiVersion: { const: 1 },
    groups: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["orgId", "name", "folder", "interval", "rules"],
        properties: {
          orgId: { const: 1 },
          name: { type: "string", minLength: 1 },
          folder: { type: "string", minLength: 1 },
          // Grafana takes multiples of ten seconds.
          interval: { const: "1m" },
          rules: { type: "array", minItems: 1, items: { $ref: "#/$defs/rule" } },
        },
      },
    },
  },
  $defs: {
    rule: {
      type: "object",
      additionalProperties: false,
      required: [
        "uid",
        "title",
        "condition",
        "data",
        "noDataState",
        "execErrState",
        "for",
        "annotations",
        "labels",
      ],
      properties: {
        uid: { type: "string", pattern: "^[\\w-]{1,40}$" },
        title: { type: "string", minLength: 1, maxLength: 190 },
        condition: { const: "B" },
        data: {
          type: "array",
          items: [{ $ref: "#/$defs/query" }, { $ref: "#/$defs/threshold" }],
          minItems: 2,
          additionalItems: false,
        },
        noDataState: { enum: ["OK", "NoData", "Alerting", "KeepLast"] },
        execErrState: { enum: ["OK", "Error", "Alerting", "KeepLast"] },
        for: duration,
        keepFiringFor: duration,
        annotations: texts,
        labels: texts,
        isPaused: { const: false },
      },
    },
    query: {
      type: "object",
      additionalProperties: false,
      required: ["refId", "relativeTimeRange", "datasourceUid", "model"],
      properties: {
        refId: { const: "A" },
        relativeTimeRange: range,
        datasourceUid: { const: "my-prometheus" },
        model: {
          type: "object",
          required: ["refId", "expr", "instant", "range", "datasource"],
          properties: {
            refId: { const: "A" },
            expr: { type: "string", minLength: 1 },
            instant: { const: true },
            range: { const: false },
          },
        },
      },
    },
    threshold: {
      type: "object",
      additionalProperties: false,
      required: ["refId", "relativeTimeRange", "datasourceUid", "model"],
      properties: {
        refId: { const: "B" },
        relativeTimeRange: range,
        datasourceUid: { const: "__expr__" },
        model: {
          type: "object",
          required: ["refId", "type", "expression", "conditions"],
          properties: {
            refId: { const: "B" },
            type: { const: "threshold" },
            expression: { const: "A" },
            conditions: {
              type: "array",
              minItems: 1,
              maxItems: 1,
              items: {
                type: "object",
                required: ["evaluator"],
                properties: {
                  evaluator: {
                    type: "object",
                    required: ["type", "params"],
                    properties: {
                      type: { enum: ["gt", "lt"] },
                      params: { type: "array", items: { type: "number" }, minItems: 1, maxItems: 1 },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const settings = {
  ...DEFAULT_SETTINGS,
  datasourceUid: "my-prometheus",
  folder: "Shops $HOME",
  runbookUrl: "https://docs.example/runbooks",
  grafanaUrl: "https://grafana.example",
};

test.each(catalogs)("of %s, Grafana gets the alerts that Prometheus has", (_, catalog) => {
  const rules = describeRules(describeMetrics(catalog), { ...catalog, settings });
  const file = parse(renderGrafanaAlerting(rules, catalog.app, settings)) as File;
  const check = new Ajv({ strict: false }).compile(schema);
  expect([check(file), check.errors]).toEqual([true, null]);

  const alerts = rules.groups.flatMap((group) => group.alerts);
  const all = file.groups.flatMap((group) => group.rules);
  expect(all.length).toBe(alerts.length);
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  for (const [index, { name, wait, keepFiring, labels }] of alerts.entries()) {
    const rule = all[index]!;
    expect(rule.title.split(" ")[0]).toBe(name);
    expect([rule.for, rule.keepFiringFor]).toEqual([wait, keepFiring]);
    expect(rule.labels).toEqual(labels);
    // A query and its threshold are the two parts of the condition.
    const { comparison, text } = alerts[index]!.condition;
    const joined = comparison
      ? `${comparison.value} ${comparison.operator} ${comparison.threshold}${comparison.guards}`
      : text;
    expect(joined).toBe(text);
    const [query] = rule.data;
    parser.parse(query!.model.expr!).iterate({
      enter: ({ type, from }) => {
        if (type.isError) throw new Error(`${rule.title}: no PromQL at ${from}: ${query!.model.expr}`);
      },
    });
    // `$value` is a text about all values there.
    for (const annotation of Object.values(rule.annotations)) expect(annotation).not.toMatch(/\$value\b/);
  }
});

test("a dollar is not a variable of the environment, except in annotations, which are not interpolated", () => {
  const [[, catalog]] = catalogs as [(typeof catalogs)[number]];
  const text = renderGrafanaAlerting(
    describeRules(describeMetrics(catalog), { ...catalog, settings }),
    catalog.app,
    settings,
  );
  expect(text).toContain("Shops $$HOME");
  expect(text).toContain("{{ $labels.job }}");
  expect(text).not.toContain("{{ $$labels");
});

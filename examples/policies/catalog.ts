import { type AlertSpec, defineCatalog } from "@rumkit/protocol";

const endpoint = ["/policies", "/policies/:id"] as const;
const region = ["north", "south", "west"] as const;

/** The longest time that one look-up in twenty may take, in milliseconds: each is an edge of the histogram. */
export const SLA_CHOICES = [100, 200, 500, 1_000] as const;

/** Windows are short, so that a story takes a minute. A real service would compare five minutes. */
const WINDOW = "10s";

const slowLookups = {
  when: {
    quantile: 0.95,
    of: "api_response_time_seconds",
    by: ["endpoint", "region"],
    over: WINDOW,
    above: 0.2,
    atLeast: 10,
  },
  for: "2s",
  severity: "critical",
  summary: "One look-up in twenty of {endpoint} in {region} takes longer than {value}.",
} as const satisfies AlertSpec;

/** The values that the three services report, and their thresholds. */
export const catalog = defineCatalog({
  app: "policies",
  routes: ["/"],
  endpoints: ["/policies", "/policies/:id", "/rules", "/outbox"],
  http: { status: "code" },
  ingested: {
    "api.response_time": {
      type: "histogram",
      help: "Time of a look-up, as the look-up service measured it.",
      unit: "seconds",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5],
      labels: { endpoint, region },
    },
    // A rate cannot be added up. So its two counters are reported, and the rate is computed where it is read.
    "hitl.decisions": {
      type: "counter",
      help: "Answers that a person has reviewed.",
      labels: { region },
    },
    "hitl.overrides": {
      type: "counter",
      help: "Answers that a person has overridden.",
      labels: { region },
    },
    "survey.satisfaction": {
      type: "histogram",
      help: "Scores of one to five stars, as a share of five.",
      unit: "ratio",
      buckets: [0.2, 0.4, 0.6, 0.8, 1],
      labels: { region },
    },
  },
  live: {
    cards: {
      lookups: { title: "Look-ups / second", rate: "api_response_time_seconds", by: "region" },
      slow: {
        title: "Response time, p95",
        quantile: 0.95,
        of: "api_response_time_seconds",
        by: "region",
        warning: 0.1,
        critical: 0.2,
      },
      override_rate: {
        title: "Override rate",
        ratio: "hitl_overrides_total",
        to: "hitl_decisions_total",
        by: "region",
        warning: 0.15,
        critical: 0.3,
      },
      satisfaction: {
        title: "Satisfaction, median",
        quantile: 0.5,
        of: "survey_satisfaction_ratio",
        by: "region",
      },
      errors: {
        title: "Errors of the server",
        ratio: "http_requests_total",
        labels: { status: "500" },
        to: "http_requests_total",
        critical: 0.05,
      },
    },
    charts: {
      p95: { title: "Response time, p95", quantile: 0.95, of: "api_response_time_seconds", by: "region" },
      rate: {
        title: "Override rate",
        ratio: "hitl_overrides_total",
        to: "hitl_decisions_total",
        by: "region",
        as: "line",
      },
      scores: { title: "Scores / second", rate: "survey_satisfaction_ratio", by: "region" },
    },
  },
  alerts: {
    slow_lookups: slowLookups,
    override_rate: {
      when: {
        ratio: "hitl_overrides_total",
        to: "hitl_decisions_total",
        by: ["region"],
        over: WINDOW,
        above: 0.3,
        atLeast: 10,
      },
      severity: "warning",
      summary: "{value} of the answers in {region} are overridden by people.",
    },
    survey_silent: {
      when: { absent: "survey_satisfaction_ratio", over: "15m" },
      severity: "info",
      summary: "The survey has reported no score for 15 minutes.",
    },
  },
});

/** Returns the catalog with another limit of look-ups: with a journal, the change is in the audit log. */
export function withSla(milliseconds: number): typeof catalog {
  const when = { ...slowLookups.when, above: milliseconds / 1_000 };
  const alerts = { ...catalog.alerts, slow_lookups: { ...slowLookups, when } };
  return { ...catalog, alerts } as unknown as typeof catalog;
}

import { ratioOf, sumBy } from "../promql/expression.ts";
import { RANGE } from "../promql/window.ts";
import type { Query, QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { ifKnown, queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** Sessions of the last minutes. */
export function activeSessions({ promql }: BoardContext): QueryPanel {
  return {
    name: "active-sessions",
    title: "Active sessions",
    description:
      "Sessions that sent a batch in the last 5 minutes. A session that reports to two instances counts at both.",
    kind: "stat",
    queries: queryOf(promql, "rum_active_sessions", "sessions", (metric) => sumBy([], promql.gauge(metric))),
  };
}

/** Conversions over the time that is shown. */
export function conversionsInTotal({ promql }: BoardContext): QueryPanel {
  const inTotal = (family: string, legend: string): Query[] =>
    queryOf(promql, family, legend, (metric) => sumBy(["conversion"], promql.increase(metric, RANGE)));
  return {
    name: "conversions-in-total",
    title: "Conversions in total",
    description:
      "Conversions in the time shown. Prometheus estimates the time before the first and after the last scrape.",
    kind: "stat",
    queries: [
      ...inTotal("conversions_total", "{{conversion}} (backend)"),
      ...inTotal("rum_conversions_total", "{{conversion}} (page)"),
    ],
  };
}

/** Computed over the whole time range: within one minute, most sessions have not ended. */
export function conversionRate({ promql, descriptors }: BoardContext): QueryPanel {
  const family = descriptors.find(({ name }) => name === "conversions_total");
  const names = new Set(family?.known.flatMap(({ conversion }) => conversion ?? []));
  return {
    name: "conversion-rate",
    title: "Conversion rate",
    description:
      "Conversions that the backend tracked for each session that began in the time shown. More than 100 % is possible: a session can convert twice, or have begun earlier.",
    kind: "stat",
    queries: [...names].flatMap((conversion) =>
      ifKnown(promql, "rum_sessions_total", (sessions) => ({
        expression: ratioOf(
          sumBy([], promql.increase("conversions_total", RANGE, { conversion })),
          sumBy([], promql.increase(sessions, RANGE)),
        ),
        legend: conversion,
      })),
    ),
  };
}

/** Conversions as they happen. */
export function conversionsPerMinute({ promql }: BoardContext): QueryPanel {
  return {
    name: "conversions-per-minute",
    title: "Conversions per minute by name",
    description:
      "Conversions. (backend) is authoritative; (page) is reported by browsers and may be incomplete or forged.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "conversion", {
      conversions_total: "{{conversion}} (backend)",
      rum_conversions_total: "{{conversion}} (page)",
    }),
  };
}

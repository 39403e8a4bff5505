import { defineCatalog } from "@rumkit/protocol";
import { toolNames } from "./tools.ts";

/** Programs that borrow: the page, a plug-in of the tool itself, a script. */
export const clients = ["page", "plugin", "script"] as const;

export type Client = (typeof clients)[number];

/** Why a request to borrow was refused. */
export const refusals = ["pool_exhausted", "max_overage", "unknown_tool", "bad_body"] as const;

/** The metrics of the license server. Users are attributes of its events: the live page shows them, no label has them. */
export const catalog = defineCatalog({
  app: "licenses",
  routes: ["/"],
  actions: {
    borrow_attempt: {
      help: "Requests to borrow a license.",
      labels: { tool: [...toolNames, "unknown"] },
      from: "server",
    },
    borrow_refused: {
      help: "Requests to borrow that were refused.",
      labels: { tool: [...toolNames, "unknown"], reason: refusals },
      from: "server",
    },
  },
  conversions: {
    borrow: {
      help: "Licenses borrowed.",
      labels: { tool: toolNames, client: clients, license: ["included", "overage"] },
      from: "server",
      primary: true,
    },
    overage: {
      help: "Licenses borrowed beyond the contract, with their price.",
      labels: { tool: toolNames },
      value: { money: ["USD"], by: ["tool"] },
      from: "server",
    },
    return: { help: "Licenses returned.", labels: { tool: toolNames }, from: "server" },
  },
  measurements: {
    borrow_duration: {
      help: "Time from a request to borrow to its answer.",
      unit: "seconds",
      labels: { tool: toolNames },
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5],
      from: "server",
    },
  },
  gauges: {
    licenses: { help: "Licenses in the pool.", labels: { tool: toolNames }, name: "licenses_total" },
    licenses_borrowed: { help: "Licenses in use.", labels: { tool: toolNames }, outOf: "licenses" },
    licenses_commit: { help: "Licenses that the contract includes.", labels: { tool: toolNames } },
    licenses_max_overage: {
      help: "Licenses beyond the contract that may be in use.",
      labels: { tool: toolNames },
    },
    licenses_overage: {
      help: "Licenses in use beyond the contract.",
      labels: { tool: toolNames },
      outOf: "licenses_max_overage",
    },
    licenses_at_max_overage: {
      help: "1 while no further overage is allowed, else 0.",
      labels: { tool: toolNames },
      processes: "max",
    },
  },
  live: {
    cards: {
      borrows: { title: "Borrows / second", rate: "conversion:borrow", by: "tool" },
      overage_rate: {
        title: "Overage rate",
        help: "The share of licenses borrowed in the last minute that the contract did not include.",
        ratio: "conversion:borrow",
        labels: { license: "overage" },
        to: "conversion:borrow",
        over: "1m",
        by: "tool",
        warning: 0.15,
        critical: 0.3,
      },
      cost_per_minute: { title: "Cost / minute", money: "conversion:overage", per: "minute", by: "tool" },
      active: { title: "Active licenses", gauge: "licenses_borrowed", by: "tool" },
      returns: { title: "Returns / minute", rate: "conversion:return", per: "minute", by: "tool" },
      failures: { title: "Failures / minute", rate: "action:borrow_refused", per: "minute", by: "reason" },
    },
    charts: {
      borrow_rate: { title: "Borrows / second", figure: "card_borrows" },
      overage: { title: "Overage / minute", rate: "conversion:overage", per: "minute" },
      utilization: {
        title: "Utilization by tool",
        gauge: "licenses_borrowed",
        outOf: "licenses_total",
        by: "tool",
      },
      borrows_by_tool: {
        title: "Borrows / minute by tool",
        rate: "conversion:borrow",
        per: "minute",
        by: "tool",
      },
      commit: {
        title: "Overage by tool, of what the contract allows",
        gauge: "licenses_overage",
        outOf: "licenses_max_overage",
        by: "tool",
      },
    },
    activity: {
      events: ["conversion:borrow", "conversion:return", "action:borrow_refused"],
      columns: ["tool", "user", "license", "reason"],
    },
  },
  endpoints: [
    "/licenses",
    "/licenses/borrow",
    "/licenses/return",
    "/licenses/lent",
    "/licenses/forecast",
    "/faulty",
    "/version",
  ],
  http: { status: "code" },
  alerts: {
    // The one that a demo can promise within a minute: its window is a minute, and it waits 15 s.
    overage_surge: {
      when: {
        ratio: "conversions_total",
        labels: { conversion: "borrow", license: "overage" },
        to: "conversions_total",
        toLabels: { conversion: "borrow" },
        over: "1m",
        above: 0.3,
        atLeast: 20,
      },
      for: "15s",
      severity: "warning",
      summary: "{value} of the licenses borrowed in the last minute were beyond the contract.",
    },
    // The same over five minutes, held for five more: not a burst, but something to negotiate.
    high_overage_rate: {
      when: {
        ratio: "conversions_total",
        labels: { conversion: "borrow", license: "overage" },
        to: "conversions_total",
        toLabels: { conversion: "borrow" },
        above: 0.3,
      },
      for: "5m",
      severity: "warning",
      summary: "{value} of the licenses borrowed were beyond the contract.",
    },
    overage_limit_reached: {
      when: { gauge: "licenses_at_max_overage", by: ["tool"], above: 0 },
      severity: "critical",
      summary: "{tool}: no further license can be borrowed.",
    },
    high_500_errors: {
      when: { increase: "http_requests_total", labels: { status: "500" }, over: "1m", above: 5 },
      for: "1m",
      severity: "critical",
      summary: "{value} requests of the last minute were answered with 500.",
    },
  },
});

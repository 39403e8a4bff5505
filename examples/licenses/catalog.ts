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
      value: { money: ["USD"] },
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
    high_500_errors: {
      when: { increase: "http_requests_total", labels: { status: "500" }, over: "1m", above: 5 },
      for: "1m",
      severity: "critical",
      summary: "{value} requests of the last minute were answered with 500.",
    },
  },
});

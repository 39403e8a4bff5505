import type { Expression } from "./expression.ts";

/** Grafana's ids of units ("Configure standard options"), none of which rescales what it is given. */
const units = {
  count: "none",
  count_per_second: "cps",
  count_per_minute: "cpm",
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  number: "none",
} as const;

/** Currencies that Grafana has a symbol for. Others are shown by their code, with its prefix `currency:`. */
const SYMBOLS = ["USD", "EUR", "GBP", "JPY"];

/** The unit of a panel that shows the expression. A sign of money needs a single currency. */
export function grafanaUnit({ unit, metric }: Expression): string {
  if (unit === "money" || unit === "money_per_second" || unit === "money_per_minute") {
    const [currency, ...others] = new Set(metric.known.flatMap((labels) => labels["currency"] ?? []));
    if (currency === undefined || others.length > 0) return "none";
    return SYMBOLS.includes(currency) ? `currency${currency}` : `currency:${currency}`;
  }
  if (unit === "count_per_second" && metric.name === "http_requests_total") return "reqps";
  return units[unit];
}

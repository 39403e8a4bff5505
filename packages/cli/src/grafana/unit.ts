import type { Expression } from "../promql/expression.ts";

/** Grafana's ids of units ("Configure standard options"), which do not rescale values. */
const units = {
  count: "none",
  count_per_minute: "cpm",
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  change: "percentunit",
  number: "none",
} as const;

/** The families of the backend's requests, under either of their names. */
const REQUESTS = ["http_requests_total", "http_server_request_duration_seconds"];

/** Currencies for which Grafana has a symbol. Others are shown by their code, with Grafana's prefix `currency:`. */
const SYMBOLS = ["USD", "EUR", "GBP", "JPY"];

/**
 * Returns the unit of a panel for an expression. Actions, errors and money are shown per minute, requests to the
 * backend per second.
 *
 * Throws for any other count per second, and for money of more than one currency.
 */
export function grafanaUnit({ unit, metric, currency, text }: Expression): string {
  if (unit === "money" || unit === "money_per_minute") {
    if (currency === undefined)
      throw new Error(`[rumkit] An axis has one currency: ${text}. Match the currency.`);
    return SYMBOLS.includes(currency) ? `currency${currency}` : `currency:${currency}`;
  }
  if (unit === "count_per_second" && REQUESTS.includes(metric.name)) return "reqps";
  if (unit === "count_per_second" || unit === "money_per_second")
    throw new Error(`[rumkit] Only requests are shown by the second: ${text}. Use perMinute().`);
  return units[unit];
}

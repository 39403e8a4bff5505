import type { Expression } from "./expression.ts";

/** Grafana's ids of units ("Configure standard options"), none of which rescales what it is given. */
const units = {
  count: "none",
  count_per_minute: "cpm",
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  number: "none",
} as const;

/** The families of the backend's requests, under either of their names. */
const REQUESTS = ["http_requests_total", "http_server_request_duration_seconds"];

/** Currencies that Grafana has a symbol for. Others are shown by their code, with its prefix `currency:`. */
const SYMBOLS = ["USD", "EUR", "GBP", "JPY"];

/**
 * The unit of a panel that shows the expression. There is one for each kind: what people do and what goes wrong by the
 * minute, money by the minute, requests to the backend by the second.
 *
 * Throws for any other count by the second, and for money of more than one currency.
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

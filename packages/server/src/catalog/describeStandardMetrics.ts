import type { Catalog, StandardFamily } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** A record, so that a missing family is a compile error. */
export const STANDARD_FAMILIES: Readonly<Record<StandardFamily, string>> = {
  user_registrations_total: "Users who registered.",
  user_logins_total: "Users who logged in.",
  user_logouts_total: "Users who logged out.",
  failed_login_attempts_total: "Attempts to log in that were refused.",
  orders_created_total: "Orders that were created.",
};

/** Describes the families that entries of the catalog name, each once. */
export function describeStandardMetrics({ actions = {}, conversions = {} }: Catalog): MetricDescriptor[] {
  const named = [...Object.values(actions), ...Object.values(conversions)].flatMap(
    ({ family }) => family ?? [],
  );
  return [...new Set(named)].map((name) => ({
    name,
    type: "counter",
    help: STANDARD_FAMILIES[name],
    unit: "none",
    side: "backend",
    labels: [],
    known: [{}],
    maxSeries: 1,
  }));
}

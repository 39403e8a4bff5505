const NO_LAST_WEEK = "Prometheus has just begun, and has nothing of last week.";

/** Queries of the shop's boards that show nothing after half an hour of healthy traffic, each with the reason. */
export const EMPTY: Readonly<Record<string, string>> = {
  "objectives: Alerts that fire A": "All is well.",
  "collector: Folded samples per minute by metric A": "No label has too many values.",
  "business: Values of services per minute by name A":
    "No service sends values that the catalog does not declare.",
  "errors: Reports of browsers per minute by type A": "No browser has anything to report.",
  "business: Revenue in total, EUR B": NO_LAST_WEEK,
  "business: Revenue in total, USD B": NO_LAST_WEEK,
  "business: Revenue per minute, EUR B": NO_LAST_WEEK,
  "business: Revenue per minute, USD B": NO_LAST_WEEK,
  "business: Conversion rate C": NO_LAST_WEEK,
  "business: Conversion rate D": NO_LAST_WEEK,
  "business: Conversions per minute against last week B": NO_LAST_WEEK,
  "business: Refunds per minute, EUR B": NO_LAST_WEEK,
  "business: Refunds per minute, USD B": NO_LAST_WEEK,
  "overview: Revenue in total, EUR B": NO_LAST_WEEK,
  "overview: Revenue in total, USD B": NO_LAST_WEEK,
  "overview: signup in total B": NO_LAST_WEEK,
  "overview: purchase in total B": NO_LAST_WEEK,
  "overview: Sessions in total B": NO_LAST_WEEK,
  "overview: Conversion rate C": NO_LAST_WEEK,
  "overview: Conversion rate D": NO_LAST_WEEK,
  "overview: Revenue per minute, EUR B": NO_LAST_WEEK,
  "overview: Revenue per minute, USD B": NO_LAST_WEEK,
  "overview: Conversions per minute against last week B": NO_LAST_WEEK,
};

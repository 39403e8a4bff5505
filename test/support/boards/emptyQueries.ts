/** Queries of the shop's boards that show nothing after half an hour of healthy traffic, each with the reason. */
export const EMPTY: Readonly<Record<string, string>> = {
  "objectives: Alerts that fire A": "All is well.",
  "collector: Folded samples per minute by metric A": "No label has too many values.",
};

/** A counter with room for any number of routes, for tests of large scrapes. */
export const views = {
  name: "views_total",
  type: "counter",
  help: "Views.",
  unit: "none",
  side: "page",
  labels: ["route"],
  known: [],
  maxSeries: 200_000,
  // As if declared: nothing of it is cut or folded.
  values: { route: [] },
} as const;

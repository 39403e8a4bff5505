/** Queries of the shop's boards that show nothing after half an hour of healthy traffic, each with the reason. */
export const EMPTY: Readonly<Record<string, string>> = {
  "business: Values of services per minute by name A":
    "No service sends values that the catalog does not declare.",
  "collector: Folded samples per minute by metric A": "No label has too many values.",
  // A disk that other tests keep busy would let the shop leave out events. sharedPrometheus.test.ts has their values by hand.
  "collector: Age of the newest pushed sample A": "The shop is scraped, and pushes nothing.",
  "collector: Free space on the journal's disk A": "The shop has no journal on a disk.",
  "collector: Journal A": "The shop has no journal on a disk.",
  "collector: Oldest entry that waits for the disk A": "The shop has no journal on a disk.",
  "collector: Requests of the push per minute by outcome A": "The shop is scraped, and pushes nothing.",
  "errors: Reports of browsers per minute by type A": "No browser has anything to report.",
  "objectives: Alerts that fire A": "No alert is evaluated, only recordings.",
  "page-experience: Memory of pages, 95th percentile A": "The shop's page does not use the source `heap`.",
};

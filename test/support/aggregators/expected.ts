/** Expressions about processes: over several they have a series of each, or the number of them. With what they show. */
export const BY_PROCESS: Readonly<Record<string, string>> = {
  "shop: Backend: Requests in flight A": "The requests that a process answers.",
  "shop: Backend: Instances A": "The processes that are up.",
  "shop: Collector: Ready A": "The processes that take requests.",
  "shop: Collector: Overload A": "Each process sheds by its own load.",
  "shop: Collector: Requests to /metrics per minute by outcome A": "Each process is scraped.",
  ShopCollectorDown: "A process does not answer.",
  ShopScrapesLost: "A process answers too seldom.",
  "ShopScrapesLost, guard 1": "A process has answered at all.",
  ShopCollectorNotReady: "A process is not ready.",
  ShopJournalFailing: "Each process has its journal.",
  ShopJournalStalled: "Each process has its journal.",
  "ShopJournalSlow, guard 1": "Each process has its journal.",
  ShopJournalDiskNearlyFull: "Each process has its disk.",
  "ShopJournalDiskNearlyFull, guard 1": "Each process has its disk.",
};

const RUNTIME = "All processes of the test are one. By process.";
const DISK = "No process of the test has a journal on a disk. By process.";
const PUSH = "The processes are scraped, and push nothing. By process, but for sums of outcomes.";
const PAST = "Compares with a day or a week ago.";
const HEALTHY = "All processes are scraped, under a job for this app.";

/** Expressions that have no value after the traffic of the test, with the reason. */
export const EMPTY: Readonly<Record<string, string>> = {
  "shop: Backend: CPU cores in use by instance A": RUNTIME,
  "shop: Backend: Memory by instance A": RUNTIME,
  "shop: Backend: Memory by instance B": RUNTIME,
  "shop: Backend: Delay of the event loop, 99th percentile A": RUNTIME,
  "shop: Collector: Oldest entry that waits for the disk A": DISK,
  "shop: Collector: Journal A": DISK,
  "shop: Collector: Free space on the journal's disk A": DISK,
  ShopJournalSlow: DISK,
  "shop: Collector: Age of the newest pushed sample A": PUSH,
  "shop: Collector: Requests of the push per minute by outcome A": PUSH,
  ShopPushFailing: PUSH,
  "ShopPushFailing, guard 1": PUSH,
  ShopPushBehind: PUSH,
  ShopPushSpoolFilling: PUSH,
  "shop: Collector: Folded samples per minute by metric A": "No label has too many values.",
  ShopSeriesFolding: "No label has too many values.",
  "ShopConversionsMissing, guard 2": PAST,
  "ShopConversionsMissing, guard 3": PAST,
  ShopConversionRateHalved: PAST,
  "ShopConversionRateHalved, guard 1": PAST,
  "ShopConversionRateHalved, guard 2": PAST,
  "ShopConversionRateHalved, guard 4": PAST,
  "ShopFewViews, guard 2": PAST,
  ShopSessionsDoubled: PAST,
  "ShopSessionsDoubled, guard 1": PAST,
  "ShopSessionsDoubled, guard 2": PAST,
  "ShopSessionsDoubled, guard 3": PAST,
  "ShopNoViews, guard 2": PAST,
  "ShopMailWaitsLong no_data": "The queue has a depth.",
  ShopCollectorAbsent: HEALTHY,
  ShopJobShared: HEALTHY,
  ShopReceiverFailing: "No notice is sent. By process.",
};

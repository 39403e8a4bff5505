import type { Catalog } from "@rumkit/protocol";
import type { Faults } from "../base/shape.ts";

/** The names of generated alerts about the collector, without the app's. A catalog cannot have them. */
export const COLLECTOR_ALERTS: readonly string[] = [
  "CollectorDown",
  "CollectorAbsent",
  "ScrapesLost",
  "JobShared",
  "CollectorNotReady",
  "JournalFailing",
  "JournalStalled",
  "JournalSlow",
  "JournalDiskNearlyFull",
  "SeriesFolding",
  "EventsShed",
  "BatchesNotServed",
  "BatchesNotLetIn",
  "BatchesRateLimited",
  "BatchesUnreadable",
  "IngestRefused",
  "EventsRejected",
  "ReceiverFailing",
  "PushFailing",
  "PushBehind",
  "PushSpoolFilling",
  "ConversionsWithoutAmount",
];

/** The ends of the names of alerts about an objective. */
const OBJECTIVE_ALERTS = ["BudgetBurn", "BudgetSpent", "Missed"] as const;

/** Returns a name as alerts have it: `fast_pages` as `FastPages`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}

/** Checks that no two alerts of a catalog have one name in Prometheus. */
export function checkAlertNames({ alerts = {}, objectives = {} }: Catalog, faults: Faults): void {
  const taken = new Map(COLLECTOR_ALERTS.map((name) => [name, "an alert about the collector"]));
  for (const name of Object.keys(objectives))
    for (const end of OBJECTIVE_ALERTS) taken.set(toCamelCase(name) + end, `an alert of objectives.${name}`);
  for (const name of Object.keys(alerts)) {
    const camel = toCamelCase(name);
    const other = taken.get(camel);
    if (other !== undefined)
      faults.add(["alerts", name], `has the name of ${other}, ${camel}. Take another name.`);
    taken.set(camel, `alerts.${name}`);
  }
}

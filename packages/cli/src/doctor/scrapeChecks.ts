import type { Broker } from "@rumkit/server";
import { clusterRecords } from "@rumkit/server/internal/cluster";
import { askPrometheus } from "../base/askPrometheus.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/**
 * Compares the partitions that have an owner with those that a Prometheus gets from aggregators: the counts of an
 * aggregator that is not scraped are missing in boards and rules. Never rejects.
 */
export async function checkScrapes(
  { records }: Pick<Broker, "records">,
  app: string,
  prometheus: URL,
): Promise<Check> {
  try {
    const owned = (await clusterRecords(records).partitions.list()).flatMap(([partition, { value }]) =>
      value.owner === null ? [] : [{ partition, owner: value.owner }],
    );
    if (owned.length === 0)
      return warn("scrapes", "No aggregator counts a partition yet.", "Start one, and ask again.");
    const scraped = await scrapedPartitions(app, prometheus);
    const missing = owned.filter(({ partition }) => !scraped.has(partition));
    if (missing.length === 0)
      return ok("scrapes", `Prometheus scrapes the aggregators of all ${owned.length} partitions.`);
    const owners = [...new Set(missing.map(({ owner }) => owner))].toSorted().join(", ");
    const numbers = missing.map(({ partition }) => Number(partition)).toSorted((a, b) => a - b);
    return fail(
      "scrapes",
      `Prometheus scrapes no aggregator that counts the partitions ${numbers.join(", ")}: boards and rules miss what ${owners} counts.`,
      `Make each aggregator a target of a scrape job. Their targets show app_info of ${app}.`,
    );
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    return fail("scrapes", message.replace(/^\[rumkit\] /, ""), "Is --prometheus its address?");
  }
}

/** Returns the partitions whose lag a scrape has shown: only the aggregator that counts one shows a number. */
async function scrapedPartitions(app: string, prometheus: URL): Promise<ReadonlySet<string>> {
  const ofApp = `app_info{app=${JSON.stringify(app)}}`;
  const query = `count by (partition) ((rum_log_lag_messages >= 0) and on (job, instance) ${ofApp})`;
  const found = (await askPrometheus(prometheus, "query", { query })) as readonly {
    readonly metric: Readonly<Record<string, string>>;
  }[];
  return new Set(found.map(({ metric }) => metric["partition"] ?? ""));
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const ROOT = join(import.meta.dirname, "../../..");

/**
 * The files that take longest, by their seconds in a whole run on two cores, with what they prepare. Written by hand from
 * `.tmp/vitest.json`.
 */
const LONGEST = [
  "test/e2e/nextApp.test.ts",
  "packages/cli/src/serve/serve.test.ts",
  "test/e2e/truth.test.ts",
  "test/e2e/bench.test.ts",
  "test/e2e/liveViews.test.ts",
  "test/e2e/demo.test.ts",
  "test/e2e/increases.test.ts",
  "test/e2e/alerts.test.ts",
  "test/e2e/capture.test.ts",
  "test/e2e/pageExits.test.ts",
  "test/e2e/startPages.test.ts",
  "test/e2e/frameworks.test.ts",
  "test/e2e/push.test.ts",
  "test/e2e/aggregate.test.ts",
  "packages/server/src/collector/alerts.test.ts",
  "test/e2e/routers.test.ts",
  "test/e2e/viewVitals.test.ts",
  "test/e2e/clusterFaults.test.ts",
  "test/e2e/userInput.test.ts",
  "test/e2e/faults.test.ts",
  "test/e2e/delivery.test.ts",
  "packages/cli/src/bin/rumkit.test.ts",
  "test/e2e/policiesWorld.test.ts",
  "test/e2e/kills.test.ts",
  "test/e2e/tiersWorld.test.ts",
  "test/e2e/liveRole.test.ts",
  "test/e2e/edge.test.ts",
  "test/e2e/hostileSenders.test.ts",
  "test/e2e/brokers.test.ts",
  "test/e2e/blockers.test.ts",
  "test/e2e/llmWorld.test.ts",
  "test/e2e/licensesWorld.test.ts",
  "test/e2e/restart.test.ts",
  "packages/server/src/access/liveLinks.test.ts",
  "test/e2e/hostileText.test.ts",
  "test/e2e/pageViews.test.ts",
  "test/e2e/killedPage.test.ts",
  "test/e2e/processes.test.ts",
  "test/site.test.ts",
  "packages/cli/src/serve/roles.test.ts",
  "test/e2e/clipsWorld.test.ts",
  "packages/client/src/reporting/createMetricsClient.test.ts",
  "test/journalFaults.test.ts",
  "test/e2e/replicas.test.ts",
  "test/e2e/oldestNode.test.ts",
  "test/e2e/nextPages.test.ts",
  "test/e2e/withoutCatalog.test.ts",
  "test/metricsClient.test.ts",
  "test/e2e/brokerCluster.test.ts",
  "test/e2e/reports.test.ts",
  "test/e2e/hostile.test.ts",
].map((path) => join(ROOT, path));

/**
 * Starts the longest files first, so that none of them runs alone at the end, on the one core that it needs. Vitest does so
 * from the times of an earlier run, which a fresh machine does not have. All others come in Vitest's own order.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONGEST.find((path) => !existsSync(path));
    if (gone) throw new Error(`${gone} does not exist. Remove it from test/support/setup/longestFirst.ts.`);
    const place = ({ moduleId }: TestSpecification): number => LONGEST.indexOf(moduleId) + 1 || Infinity;
    // oxlint-disable-next-line unicorn/no-array-sort -- This one is Vitest's own, and takes a list to return another.
    const others = await super.sort(files);
    return others.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  }
}

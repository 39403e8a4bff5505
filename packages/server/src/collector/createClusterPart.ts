import { createAggregate } from "../aggregate/createAggregate.ts";
import type { Count } from "../journal/count.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { Processes } from "../workers/processes.ts";
import type { Dashboard } from "./createDashboard.ts";
import type { Intake } from "./createIntake.ts";
import type { PartOptions } from "./parts.ts";
import { reportOnce, warnOfCluster } from "./warnings.ts";

/** The products of other parts that a role needs. */
export interface ClusterParts {
  /** Undefined for other roles. */
  readonly edge: Part | undefined;
  readonly intake: Intake;
  readonly count: Count;
  readonly processes: Processes;
  readonly dashboard: Dashboard;
}

/** Starts the role of a collector that shares its work with others. */
export function createClusterPart(
  context: PartContext,
  { cluster, log }: PartOptions,
  { edge, intake: { collectOptions: collect, ingestOptions: ingest } }: ClusterParts,
): Part {
  if (!cluster) return {};
  const { app } = context.catalog;
  /** Tells the operator something that happens between the collectors of the log. */
  const onNotice = (kind: string, sentence: string): void =>
    log ? log.warn({ kind: `cluster_${kind}`, app }, sentence) : warnOfCluster(sentence);
  const onFailure = reportOnce((message) => onNotice("failure", message));
  switch (cluster.role) {
    case "aggregate":
      return createAggregate(context, cluster, {
        collect,
        ingest,
        onNotice,
        onFailure: (error) => onFailure(String(error)),
      });
    case "edge":
      return edge ?? {};
    case "live":
      throw new TypeError(`[rumkit] The role "${cluster.role}" does not run yet.`);
  }
}

import { createAggregate } from "../aggregate/createAggregate.ts";
import type { Count } from "../journal/count.ts";
import { createFramesPart } from "../merge/createFramesPart.ts";
import { createLiveRole } from "../merge/createLiveRole.ts";
import type { SeenTap } from "../merge/seenTap.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { Processes } from "../workers/processes.ts";
import type { Dashboard } from "./createDashboard.ts";
import type { Intake } from "./createIntake.ts";
import type { Store } from "./createStore.ts";
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
  readonly store: Pick<Store<never>, "savedSources">;
  /** Receives events, errors, vitals and releases of counted batches. */
  readonly tap: SeenTap;
}

/** Returns what tells the operator something that happens between the collectors of the log. */
export function createClusterNotice(
  { catalog: { app } }: Pick<PartContext, "catalog">,
  log: PartOptions["log"],
): (kind: string, sentence: string) => void {
  return (kind, sentence) =>
    log ? log.warn({ kind: `cluster_${kind}`, app }, sentence) : warnOfCluster(sentence);
}

/** Starts the role of a collector that shares its work with others. */
export function createClusterPart(
  context: PartContext,
  { cluster, log }: PartOptions,
  { edge, intake, processes, store, tap }: ClusterParts,
): readonly Part[] {
  if (!cluster) return [];
  const onNotice = createClusterNotice(context, log);
  const onFailure = reportOnce((message) => onNotice("failure", message));
  const reportFailure = (error: unknown): void => onFailure(String(error));
  switch (cluster.role) {
    case "aggregate":
      return [
        createAggregate(context, cluster, {
          collect: intake.collectOptions,
          ingest: intake.ingestOptions,
          onNotice,
          onFailure: reportFailure,
        }),
        // After it: the last frame has all that it counted.
        createFramesPart(context, { cluster, tap, onFailure: reportFailure }),
      ];
    case "edge":
      return edge ? [edge] : [];
    case "live":
      return [
        createLiveRole(context, {
          cluster,
          processes,
          tap,
          saved: store.savedSources,
          onFailure: reportFailure,
        }),
      ];
  }
}

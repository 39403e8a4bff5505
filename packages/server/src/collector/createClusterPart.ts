import type { Count } from "../journal/count.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { Processes } from "../workers/processes.ts";
import type { Dashboard } from "./createDashboard.ts";
import type { Intake } from "./createIntake.ts";
import type { PartOptions } from "./parts.ts";

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
  _context: PartContext,
  { cluster }: PartOptions,
  { edge }: ClusterParts,
): Part {
  if (!cluster) return {};
  switch (cluster.role) {
    case "edge":
      return edge ?? {};
    case "aggregate":
    case "live":
      throw new TypeError(`[rumkit] The role "${cluster.role}" does not run yet.`);
  }
}

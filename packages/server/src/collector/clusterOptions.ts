import type { AggregateOptions } from "../aggregate/aggregateOptions.ts";
import type { EdgeOptions } from "../edge/edgeOptions.ts";
import type { LiveRoleOptions } from "../merge/liveRoleOptions.ts";

/**
 * The role of a collector that shares its work with others over a log. Without this option one process does all of it,
 * with nothing to install.
 */
export type ClusterOptions = EdgeOptions | AggregateOptions | LiveRoleOptions;

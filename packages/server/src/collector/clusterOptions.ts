import type { AggregateOptions } from "../aggregate/aggregateOptions.ts";
import { type Check, number, object, oneOf, required, text } from "../base/shape.ts";
import type { EdgeOptions } from "../edge/edgeOptions.ts";
import type { LiveRoleOptions } from "../merge/liveRoleOptions.ts";

/**
 * The role of a collector that shares its work with others over a log. Without this option one process does all of it,
 * with nothing to install.
 */
export type ClusterOptions = EdgeOptions | AggregateOptions | LiveRoleOptions;

const ROLES = ["edge", "aggregate", "live"] as const;

/** The fields that each role needs beside its log. */
const NEEDED = { edge: "spool", aggregate: "name", live: "name" } as const;

const NAME = /^[a-z0-9-]{1,63}$/i;

/** Checks the option `cluster`. */
export const checkCluster: Check = object(
  {
    role: required(oneOf(ROLES), 'the role, e.g. "edge"'),
    broker: required((value, path, faults) => {
      if (typeof (value as { publish?: unknown } | null)?.publish !== "function")
        faults.add(path, "must be what await openBroker({ url }) returns.");
    }, 'the log, e.g. await openBroker({ url: "nats://127.0.0.1:4222", app: "shop" })'),
    name: (value, path, faults) => {
      if (typeof value !== "string" || !NAME.test(value))
        faults.add(path, 'must be 1 to 63 letters, digits and "-", e.g. "aggregate-0".');
    },
    spool: text('"/var/lib/rumkit/spool"'),
    maxSpoolBytes: number("a number of bytes, 1 048 576 or more", (value) => value >= 1_048_576),
  },
  {
    example: '{ role: "edge", broker, spool: "./spool" }',
    together: (cluster, path, faults) => {
      const { role } = cluster;
      const needed = ROLES.includes(role as "edge") ? NEEDED[role as keyof typeof NEEDED] : undefined;
      if (needed !== undefined && cluster[needed] === undefined)
        faults.add([...path, needed], `is missing: the role "${String(role)}" needs it.`);
    },
  },
);

import { IN_MEMORY } from "./config.ts";
import type { EffectiveConfig } from "./settings.ts";

/** Returns a sentence for each setting that the role of this process lacks, or that contradicts it. */
export function clusterFaults({ role, broker, name, journal }: EffectiveConfig): string[] {
  if (role === "all") return broker === undefined ? [] : [WITHOUT_ROLE];
  const isNamed = role === "aggregate" || role === "live";
  return [
    ...(broker === undefined
      ? [`The role ${role} needs the address of the log: set broker (RUMKIT_BROKER).`]
      : []),
    ...(isNamed && name === undefined
      ? [`The role ${role} needs a name that stays the same after a restart: set name (RUMKIT_NAME).`]
      : []),
    ...(isNamed && journal === IN_MEMORY
      ? [
          `The role ${role} keeps its position in the log with its counts: set journal to a file, not to memory.`,
        ]
      : []),
  ];
}

const WITHOUT_ROLE =
  "broker is set, and the role all does not use it: set role (RUMKIT_ROLE) to edge, aggregate or live, or leave broker out.";

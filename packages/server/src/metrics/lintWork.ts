import type { Catalog } from "@rumkit/protocol";
import { jobBuckets } from "./describeJobMetrics.ts";
import { STANDARD_FAMILIES } from "./describeStandardMetrics.ts";
import { lintBuckets } from "./lintBuckets.ts";
import { lintHelp } from "./lintHelp.ts";
import { NAME } from "./namePattern.ts";

/** Jobs at most: each is a dozen series and more. */
const MAX_JOBS = 200;

/** Says what is wrong with the jobs of a catalogue. */
export function lintJobs(jobs: NonNullable<Catalog["jobs"]> = {}): string[] {
  const entries = Object.entries(jobs);
  return [
    ...entries.flatMap(([name, { help, buckets }]) => [
      ...(NAME.test(name) ? [] : [`jobs.${name}: the name has to match ${NAME}.`]),
      ...lintHelp(`jobs.${name}.help`, help),
      ...(buckets === undefined ? [] : lintBuckets(`jobs.${name}`, buckets)),
    ]),
    ...(entries.length > 0 ? lintBuckets("jobs, all together,", jobBuckets(jobs)) : []),
    ...(entries.length > MAX_JOBS ? [`${entries.length} jobs; ${MAX_JOBS} at most.`] : []),
  ];
}

/** Says which entries name a standard family that they cannot have. */
export function lintFamilies({ actions = {}, conversions = {} }: Catalog): string[] {
  const groups = { actions, conversions };
  return Object.entries(groups).flatMap(([group, entries]) =>
    Object.entries(entries).flatMap(([name, { family, from }]) => {
      if (family === undefined) return [];
      const path = `${group}.${name}.family`;
      if (!Object.hasOwn(STANDARD_FAMILIES, family)) {
        return [`${path}: "${family}" is none of ${Object.keys(STANDARD_FAMILIES).join(", ")}.`];
      }
      return from === "server" ? [] : [`${path}: what a page claims is not what the backend knows.`];
    }),
  );
}

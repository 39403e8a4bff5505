import {
  type Catalog,
  type IngestedSpec,
  type IngestItem,
  JOB_DURATION,
  JOBS_ACCEPTED,
} from "@rumkit/protocol";
import type { BadItem } from "./parseItems.ts";
import { isRejection, Rejection } from "../base/rejection.ts";
import { ingestedFamilyName } from "./describeIngestedMetrics.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { pickLabels } from "../vocabulary/labels.ts";
import { listNames } from "../vocabulary/unknownName.ts";

/** Turns an item of a service into samples, or returns the reason why it cannot be counted. Never throws. */
export type IngestVocabulary = (item: IngestItem) => readonly Sample[] | BadItem;

/** The handling of a name that the catalog does not declare. */
export type UnknownNames = "bounded" | "refuse";

interface Declared {
  readonly spec: Pick<IngestedSpec, "type" | "labels">;
  readonly metric: string;
}

/** Looks names up in the catalog. For unknown names it counts number and sum of the values, or rejects the item. */
export function createIngestVocabulary(
  { ingested = {}, jobs = {} }: Pick<Catalog, "ingested" | "jobs">,
  unknownNames: UnknownNames,
): IngestVocabulary {
  const declared = new Map<string, Declared>(
    Object.entries(ingested).map(([name, spec]) => [name, { spec, metric: ingestedFamilyName(name, spec) }]),
  );
  for (const [name, spec] of jobItems(Object.keys(jobs))) {
    if (!declared.has(name)) declared.set(name, { spec, metric: name });
  }
  return (item) => {
    const { name, value, count: times = 1 } = item;
    const known = declared.get(name);
    if (!known && unknownNames === "refuse") {
      return new Rejection(
        "unknown_name",
        () => `The catalog has no "${name}" in ingested. Known: ${listNames(declared.keys())}.`,
      );
    }
    if (value < 0 && known?.spec.type !== "gauge") return negative(name, known?.spec);
    if (!known) {
      return [
        { metric: "ingested_values_total", labels: { name }, value: 1, times },
        { metric: "ingested_sum_total", labels: { name }, value, times },
      ];
    }
    const labels = pickLabels(known.spec.labels, item.tags);
    if (isRejection(labels)) return labels as BadItem;
    return [{ metric: known.metric, labels, value, times }];
  };
}

/** Items by which workers in other processes report the catalog's jobs, under the names of the families. */
function jobItems(job: readonly string[]): [name: string, spec: Pick<IngestedSpec, "type" | "labels">][] {
  if (job.length === 0) return [];
  return [
    [JOBS_ACCEPTED, { type: "counter", labels: { job_name: job } }],
    [JOB_DURATION, { type: "histogram", labels: { job_name: job, outcome: JOB_OUTCOMES } }],
  ];
}

function negative(name: string, spec: Pick<IngestedSpec, "type"> | undefined): BadItem {
  const what = spec ? `is a ${spec.type}` : "is not declared, so its values are added up";
  return new Rejection("bad_number", `"${name}" ${what}: no value is negative. A gauge's may be.`);
}

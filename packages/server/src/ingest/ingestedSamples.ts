import {
  type Catalog,
  INGEST_DROP_REASONS,
  INGEST_REJECTIONS,
  type IngestedSpec,
  type IngestItem,
  ITEM_REJECTIONS,
  JOB_DURATION,
  JOBS_ACCEPTED,
  JOBS_IN_FLIGHT,
  MAX_COUNT,
} from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import { outcomeLabel } from "../catalog/describeNamedMetrics.ts";
import { toSentence } from "../catalog/lintDescriptors.ts";
import { ingestedFamilyName } from "../catalog/names.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { listNames, pickLabels } from "../vocabulary/labels.ts";
import type { BadItem } from "./parseItems.ts";

/** Turns an item of a service into samples, or returns the reason why it cannot be counted. Never throws. */
export type IngestVocabulary = (item: IngestItem) => readonly Sample[] | BadItem;

/** The handling of a name that the catalog does not declare. */
export type UnknownNames = "bounded" | "refuse";

/** Takes the number of jobs that another process is doing. False if too many processes report the job. */
export type ReportInFlight = (job: string, process: string, running: number) => boolean;

interface Declared {
  readonly spec: Pick<IngestedSpec, "type" | "labels">;
  readonly metric: string;
}

/** Looks names up in the catalog. For unknown names it counts number and sum of the values, or rejects the item. */
export function createIngestVocabulary(
  { ingested = {}, jobs = {} }: Pick<Catalog, "ingested" | "jobs">,
  unknownNames: UnknownNames,
  reportInFlight: ReportInFlight,
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
    if (!known && name === JOBS_IN_FLIGHT) return takeInFlight(item, Object.keys(jobs), reportInFlight);
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
    const sample = { metric: known.metric, labels, value, times };
    return [sample, ...ownJobSamples(jobs, sample)];
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

/** A state, not a count: nothing is recorded of it, and nothing kept. */
function takeInFlight(
  { value, tags = {} }: IngestItem,
  jobs: readonly string[],
  report: ReportInFlight,
): readonly Sample[] | BadItem {
  const labels = pickLabels({ job_name: jobs }, tags);
  if (isRejection(labels)) return labels as BadItem;
  const process = Object.hasOwn(tags, "process") ? String(tags["process"]) : "";
  if (process === "") return new Rejection("missing_label", () => '"process" is missing: e.g. a UUID.');
  if (!Number.isInteger(value) || value < 0 || value > MAX_COUNT)
    return new Rejection("bad_number", () => `"${JOBS_IN_FLIGHT}" is an integer from 0 to ${MAX_COUNT}.`);
  if (report(labels["job_name"]!, process, value)) return [];
  return new Rejection("unknown_label_value", () => "Too many processes report this job at one time.");
}

/** The same item in the family that the catalog names for its job. */
function ownJobSamples(jobs: NonNullable<Catalog["jobs"]>, { metric, labels, ...counted }: Sample): Sample[] {
  const isOfJobs = metric === JOBS_ACCEPTED || metric === JOB_DURATION;
  const spec = isOfJobs ? jobs[labels["job_name"]!] : undefined;
  const { accepted, duration } = spec?.names ?? {};
  if (metric === JOBS_ACCEPTED && accepted !== undefined)
    return [{ metric: accepted, labels: {}, ...counted }];
  if (!spec || duration === undefined || metric !== JOB_DURATION) return [];
  return [{ metric: duration, labels: { [outcomeLabel(spec)]: labels["outcome"]! }, ...counted }];
}

function negative(name: string, spec: Pick<IngestedSpec, "type"> | undefined): BadItem {
  const what = spec ? `is a ${spec.type}` : "is not declared, so its values are added up";
  return new Rejection("bad_number", `"${name}" ${what}: no value is negative. A gauge's may be.`);
}

/** Maximum names that the catalog does not declare. Further names count as `__other__`. */
const MAX_UNDECLARED = 200;

/** Codes as the reasons of a metric. */
function toReasons(codes: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(codes.map((code) => [code, true]));
}

/** Metrics of other services: a family for each declared name, two for all others, and the outcomes of requests. */
export function describeIngestedMetrics(
  ingested: Readonly<Record<string, IngestedSpec>> = {},
): MetricDescriptor[] {
  return [
    ...Object.entries(ingested).map(([name, spec]) => describeIngested(name, spec)),
    undeclared("ingested_values_total", "Values of services under names that the catalog does not declare."),
    undeclared("ingested_sum_total", "Sum of the values of services under names that are not declared."),
    collectorCounter("rum_ingest_requests_accepted_total", "Requests to /ingest whose items were read."),
    collectorCounter(
      "rum_ingest_requests_duplicate_total",
      "Requests to /ingest that came again; nothing was counted again.",
    ),
    collectorCounter(
      "rum_ingest_requests_rejected_total",
      "Requests to /ingest that were refused.",
      toReasons(INGEST_REJECTIONS),
    ),
    collectorCounter("rum_ingest_items_accepted_total", "Values of services that were counted."),
    collectorCounter(
      "rum_ingest_items_rejected_total",
      "Values of services that were refused; the rest of the request was counted.",
      toReasons(ITEM_REJECTIONS),
    ),
    collectorCounter(
      "rum_ingest_items_dropped_total",
      "Values that services lost before sending them, as their clients report it.",
      toReasons(INGEST_DROP_REASONS),
    ),
  ];
}

function describeIngested(name: string, spec: IngestedSpec): MetricDescriptor {
  const sets = labelSets(spec.labels ?? {});
  return {
    name: ingestedFamilyName(name, spec),
    ...(spec.name !== undefined && { isNamed: true }),
    type: spec.type,
    help: toSentence(spec.help),
    unit: spec.unit ?? "none",
    side: "backend",
    labels: Object.keys(spec.labels ?? {}),
    ...(spec.type === "histogram" && { buckets: spec.buckets }),
    // A gauge that was never set is not 0. For histograms see `withValues`.
    known: spec.type === "counter" || (spec.type === "histogram" && !spec.labels) ? sets : [],
    maxSeries: sets.length,
    values: spec.labels ?? {},
    // Each process exposes the last value that it received, and those must not be summed.
    ...(spec.type === "gauge" && { acrossProcesses: "max" }),
  };
}

function undeclared(name: string, help: string): MetricDescriptor {
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "backend",
    labels: ["name"],
    known: [],
    maxSeries: MAX_UNDECLARED,
  };
}

import type { ActionSpec, Catalog, JobSpec } from "@rumkit/protocol";
import { withKnown, withValues } from "../metrics/describeFamily.ts";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import { DEFAULT_JOB_BUCKETS } from "./describeJobMetrics.ts";
import { toSentence } from "./lintDescriptors.ts";

/** Describes the separate families of actions, conversions and jobs that the catalog names. */
export function describeNamedMetrics({
  actions = {},
  conversions = {},
  jobs = {},
}: Catalog): MetricDescriptor[] {
  return [
    ...[...Object.values(actions), ...Object.values(conversions)].flatMap((spec) => describeEntry(spec)),
    ...Object.values(jobs).flatMap((spec) => describeJob(spec)),
  ];
}

function describeEntry({ name, help, labels = {}, from }: ActionSpec): MetricDescriptor[] {
  if (name === undefined) return [];
  const side = from === "server" ? "backend" : "page";
  return [withKnown({ ...named(name, help), side, labels: Object.keys(labels) }, labelSets(labels))];
}

/** The label of the outcome in the family of a job's durations. */
export function outcomeLabel({ names = {} }: JobSpec): string {
  return names.outcomeLabel ?? "outcome";
}

function describeJob(spec: JobSpec): MetricDescriptor[] {
  const { help, buckets = DEFAULT_JOB_BUCKETS, names = {} } = spec;
  const { accepted, inFlight, duration } = names;
  const outcomes = { [outcomeLabel(spec)]: JOB_OUTCOMES };
  return [
    ...(accepted === undefined ? [] : [withKnown(named(accepted, `${toSentence(help)} Accepted.`), [{}])]),
    ...(inFlight === undefined
      ? []
      : [withKnown({ ...named(inFlight, `${toSentence(help)} In progress.`), type: "gauge" }, [{}])]),
    ...(duration === undefined
      ? []
      : [
          withValues(
            {
              ...named(duration, `${toSentence(help)} Their durations, by outcome.`),
              type: "histogram",
              unit: "seconds",
              buckets,
              labels: Object.keys(outcomes),
            },
            outcomes,
          ),
        ]),
  ];
}

function named(name: string, help: string): MetricDescriptor {
  return {
    name,
    type: "counter",
    help: toSentence(help),
    isNamed: true,
    unit: "none",
    side: "backend",
    labels: [],
    known: [],
    maxSeries: 0,
  };
}

import { jobBuckets } from "@rumkit/server/internal/metrics";
import { entriesOf, type Path, type Problem, type Rule, type Subject } from "./rule.ts";

/** Fewer edges give a median, but no percentile that moves. */
const FEWEST_EDGES = 3;

/** Prometheus' own default has 11 edges, and OpenTelemetry's advice for durations 14. */
const MOST_EDGES = 15;

/** Within a bucket, a percentile is a guess: it may be wrong by this factor. */
const WIDEST_GAP = 10;

interface Histogram {
  readonly path: Path;
  readonly buckets: readonly number[];
  readonly unit: string | undefined;
}

export const bucketRules: readonly Rule[] = [
  each("buckets-few", "With one or two edges, every percentile is one of them.", ({ buckets }) =>
    buckets.length < FEWEST_EDGES
      ? {
          what: `${buckets.length === 1 ? "is one edge" : `are ${buckets.length} edges`}, so percentiles hardly move.`,
          fix: "Add edges around the values that matter.",
        }
      : undefined,
  ),
  each("buckets-many", "Each edge is one more series for each label set.", ({ buckets }) =>
    buckets.length > MOST_EDGES
      ? {
          what: `are ${buckets.length} edges, each a series for each label set.`,
          fix: `Keep ${MOST_EDGES} or fewer, dense where a decision is taken.`,
        }
      : undefined,
  ),
  each("buckets-gap", "A percentile between two edges is a guess along a straight line.", ({ buckets }) => {
    const wide = buckets.findIndex(
      (edge, index) => index > 0 && buckets[index - 1]! > 0 && edge / buckets[index - 1]! > WIDEST_GAP,
    );
    if (wide < 0) return undefined;
    const [low, high] = [buckets[wide - 1]!, buckets[wide]!];
    return {
      what: `jump from ${low} to ${high}: a percentile between them is a guess.`,
      fix: `Add an edge, e.g. ${Number(Math.sqrt(low * high).toPrecision(1))}.`,
    };
  }),
  each("buckets-negative", "No time and no size is negative, and none is 0 for long.", ({ buckets, unit }) =>
    unit !== "ratio" && (buckets[0] ?? 1) <= 0
      ? { what: `begin at ${buckets[0]}: no value of this unit is there.`, fix: "Remove that edge." }
      : undefined,
  ),
];

function each(
  id: string,
  reason: string,
  find: (histogram: Histogram) => Omit<Problem, "path"> | undefined,
): Rule {
  return {
    id,
    reason,
    find: (subject) =>
      histogramsOf(subject).flatMap((histogram) => {
        const found = find(histogram);
        return found ? [{ path: histogram.path, ...found }] : [];
      }),
  };
}

/** The histograms of the catalog. All jobs share one, which has the edges of each. */
function histogramsOf({ catalog }: Subject): Histogram[] {
  const own = entriesOf(catalog).flatMap(({ group, path, buckets, unit }) =>
    buckets && group !== "jobs" ? [{ path: [...path, "buckets"], buckets, unit }] : [],
  );
  const { jobs = {}, http } = catalog;
  const ofJobs = Object.values(jobs).some(({ buckets }) => buckets)
    ? [{ path: ["jobs"], buckets: jobBuckets(jobs), unit: "seconds" }]
    : [];
  const ofHttp = http?.buckets ? [{ path: ["http", "buckets"], buckets: http.buckets, unit: "seconds" }] : [];
  return [...own, ...ofJobs, ...ofHttp];
}

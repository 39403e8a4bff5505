import type { AlertCondition } from "@rumkit/protocol";
import type { Faults, Path } from "../base/shape.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

interface Context {
  readonly metrics: ReadonlyMap<string, MetricDescriptor>;
  readonly faults: Faults;
}

/** Values between two edges are estimated, and above the last edge they are not known at all. */
export function checkEdges(
  { metrics, faults }: Context,
  when: Extract<AlertCondition, { quantile: unknown } | { share: unknown }>,
  path: Path,
): void {
  const isShare = "share" in when;
  const { name, buckets = [] } = metrics.get(isShare ? when.share : when.of)!;
  const key = isShare ? "within" : when.above === undefined ? "below" : "above";
  const edge = isShare ? when.within : (when.above ?? when.below ?? 0);
  const top = buckets.at(-1) ?? 0;
  if (key === "above" && edge >= top)
    return faults.add(
      [...path, key],
      `is never reached: the largest bucket of ${name} ends at ${top}, and a quantile is at most that. Take a lower limit, or add a bucket.`,
    );
  if (buckets.includes(edge)) return;
  const nearest = buckets.toSorted((a, b) => Math.abs(a - edge) - Math.abs(b - edge))[0];
  faults.add(
    [...path, key],
    `must be a bucket edge of ${name} (${buckets.join(", ")}), not ${edge}. The nearest is ${nearest}.`,
  );
}

/** The clear threshold of a quantile is compared as exactly as the other one. */
export function checkClearEdge(
  { metrics, faults }: Context,
  when: Extract<AlertCondition, { quantile: unknown }>,
  clear: number,
  path: Path,
): void {
  const { name, buckets = [] } = metrics.get(when.of)!;
  if (!buckets.includes(clear))
    faults.add(
      [...path.slice(0, -1), "clear"],
      `must be a bucket edge of ${name} (${buckets.join(", ")}), not ${clear}.`,
    );
}

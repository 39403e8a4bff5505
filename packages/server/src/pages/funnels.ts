import type { Catalog } from "@rumkit/protocol";
import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import { pageCounter, withKnown } from "../metrics/pageFamily.ts";

/** Describes the use of features, and the steps of funnels: nothing if the catalog declares none. */
export function describeFunnelMetrics({ features = {}, funnels = {} }: Catalog): MetricDescriptor[] {
  const names = Object.keys(features);
  const steps = Object.entries(funnels).flatMap(([funnel, events]) =>
    events.map((event, index) => stepLabels(funnel, index + 1, event)),
  );
  const uses = pageCounter("rum_feature_usage_total", "Uses of the app's features.", { feature: names });
  const sessions = pageCounter("rum_funnel_sessions_total", "Sessions that came to a step of a funnel.", {
    funnel: [],
    step: [],
    event: [],
  });
  return [...(names.length > 0 ? [uses] : []), ...(steps.length > 0 ? [withKnown(sessions, steps)] : [])];
}

/** Returns the labels of a funnel's step. Steps are numbered from 1. */
export function stepLabels(funnel: string, step: number, event: string): Labels {
  return { funnel, step: String(step), event };
}

import type { Catalog, FeatureEvent, FunnelStepEvent } from "@rumkit/protocol";
import { Rejection } from "../base/rejection.ts";
import { stepLabels } from "./funnels.ts";
import { learnedNamesAtMost, toLearnedName } from "../catalog/learnedNames.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";
import { unknownName } from "../vocabulary/unknownName.ts";

/** Counts features and steps of funnels, if the catalog declares them. */
export interface FunnelSamples {
  feature(event: FeatureEvent, at: Occurrence): readonly Sample[] | Rejection;
  step(event: FunnelStepEvent, at: Occurrence): readonly Sample[] | Rejection;
}

/** Looks features and funnels up in the catalog. A call costs one lookup in a `Set` or `Map`, whatever the name. */
export function createFunnelSamples(catalog: Catalog): FunnelSamples {
  const features = new Set(Object.keys(catalog.features ?? {}));
  const funnels = new Map(Object.entries(catalog.funnels ?? {}));
  const isLearning = learnedNamesAtMost(catalog) > 0;
  return {
    feature: ({ name }, { times }) => {
      if (!features.has(name) && !isLearning) return unknownName("feature", name, () => features);
      const feature = features.has(name) ? name : toLearnedName(name);
      return [once("rum_feature_usage_total", { feature }, times)];
    },
    step: ({ name, step }, { times }) => {
      const steps = funnels.get(name);
      if (!steps) return unknownName("funnel", name, () => funnels.keys());
      const event = steps[step - 1];
      if (event !== undefined)
        return [once("rum_funnel_sessions_total", stepLabels(name, step, event), times)];
      return new Rejection(
        "unknown_name",
        () => `The funnel "${name}" has ${steps.length} steps, and none has the number ${step}.`,
      );
    },
  };
}

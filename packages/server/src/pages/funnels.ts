import type { Catalog, FeatureEvent, FunnelStepEvent, FunnelSteps } from "@rumkit/protocol";
import type { Handler } from "hono";
import { Rejection } from "../base/rejection.ts";
import { learnedNamesAtMost, toLearnedName } from "../catalog/names.ts";
import { type CheckOrigin, preflightAnswer, readableBy, readHeaders } from "../http/corsOrigin.ts";
import { fromHono, toResponse } from "../http/honoRequest.ts";
import { pageCounter, withKnown } from "../metrics/describeFamily.ts";
import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";
import { increment, type Occurrence } from "../vocabulary/countedEvent.ts";
import { unknownName } from "../vocabulary/labels.ts";

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
function stepLabels(funnel: string, step: number, event: string): Labels {
  return { funnel, step: String(step), event };
}

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
      return [increment("rum_feature_usage_total", { feature }, times)];
    },
    step: ({ name, step }, { times }) => {
      const steps = funnels.get(name);
      if (!steps) return unknownName("funnel", name, () => funnels.keys());
      const event = steps[step - 1];
      if (event !== undefined)
        return [increment("rum_funnel_sessions_total", stepLabels(name, step, event), times)];
      return new Rejection(
        "unknown_name",
        () => `The funnel "${name}" has ${steps.length} steps, and none has the number ${step}.`,
      );
    },
  };
}

/**
 * `GET /collect/funnels`: the part of the catalog by which a page decides funnels; without funnels, `{}`.
 *
 * Every request is answered, because browsers send no `Origin` from pages of the collector's own origin. Pages of
 * other origins can read the answer if they may report.
 */
export function createFunnelsRoute(
  { routes, funnels = {} }: Pick<Catalog, "routes" | "funnels">,
  checkOrigin: CheckOrigin,
): Handler {
  const steps: FunnelSteps = { routes, funnels };
  const body = JSON.stringify(steps);
  return function funnelSteps(c) {
    const request = fromHono(c);
    if (request.method === "OPTIONS")
      return toResponse(c, preflightAnswer(request, checkOrigin, { methods: "GET" }));
    return c.body(body, 200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
      vary: "Origin",
      ...readHeaders(readableBy(request, checkOrigin)),
    });
  };
}

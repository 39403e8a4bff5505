"use client";

import type { Catalog } from "@rumkit/browser";
import type { FeatureName } from "@rumkit/protocol";
import { useCallback, useEffect } from "react";
import { useMetrics } from "../context/useMetrics.ts";
import { useOnce } from "../effects/useOnce.ts";

/**
 * Counts the use of a feature each time the component mounts, and each time `name` changes. Returns a function that
 * counts another use: the same function on every render. It never throws.
 */
export function useFeatureUsage<C extends Catalog = Catalog>(name: FeatureName<C>): () => void {
  const { trackFeature } = useMetrics<C>();
  const trackUsage = useCallback(() => trackFeature(name), [trackFeature, name]);
  const once = useOnce();
  // Counts again only for another name or a return of the component, not on each commit.
  // oxlint-disable-next-line react/exhaustive-deps -- `once` is a new function on each render with the same effect.
  useEffect(() => once(name, trackUsage), [name, trackUsage]);
  return trackUsage;
}

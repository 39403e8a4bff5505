"use client";

import type { Catalog } from "@rumkit/browser";
import type { FeatureName } from "@rumkit/protocol";
import { useCallback, useEffect } from "react";
import { useMetrics } from "../context/useMetrics.ts";
import { useOnce } from "../effects/useOnce.ts";

/**
 * Counts the use of a feature each time the component mounts, and each time `name` changes. Returns what counts
 * it once more: the same function on every render, and it never throws.
 */
export function useFeatureUsage<C extends Catalog = Catalog>(name: FeatureName<C>): () => void {
  const { trackFeature } = useMetrics<C>();
  const trackUsage = useCallback(() => trackFeature(name), [trackFeature, name]);
  const once = useOnce();
  // Not with each commit: another name or a return of the component counts it again.
  // oxlint-disable-next-line react/exhaustive-deps -- `once` is another function with each render, and does the same.
  useEffect(() => once(name, trackUsage), [name, trackUsage]);
  return trackUsage;
}

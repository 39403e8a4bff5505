"use client";

import type { Catalog, MeasurementName } from "@rumkit/browser";
import type { DetailsArguments, MeasurementEntry, RefusedOnPage } from "@rumkit/protocol";
import { useCallback } from "react";
import { useMetrics } from "../context/useMetrics.ts";

/** Observes a finite number in the unit that the catalog declares. */
export type Measure<C extends Catalog, Name> = (
  value: number,
  ...details: DetailsArguments<MeasurementEntry<C, Name>>
) => void;

/**
 * Returns `measure` for one measurement: the same function on every render. It never throws. A value that is not a finite
 * number is dropped and counted as dropped.
 *
 * @example
 * const measureSearch = useMeasure("search");
 * measureSearch((performance.now() - start) / 1000);
 */
export function useMeasure<C extends Catalog = Catalog, Name extends MeasurementName<C> = MeasurementName<C>>(
  name: Name | RefusedOnPage<C, "measurements", "measure">,
): Measure<C, Name> {
  const { measure } = useMetrics<C>();
  return useCallback((...given) => measure(name, ...given), [measure, name]);
}

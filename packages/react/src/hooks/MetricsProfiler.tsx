"use client";

import type { Catalog, MeasurementName } from "@rumkit/browser";
import type { Attributes, DetailsArguments, MeasurementEntry } from "@rumkit/protocol";
import { Profiler, type ReactNode } from "react";
import { useMetrics } from "../context/useMetrics.ts";

/** Required if the measurement declares labels. */
type DetailsProp<Arguments> = Arguments extends [infer Given]
  ? { readonly details: Given }
  : { readonly details?: Attributes };

export type MetricsProfilerProps<C extends Catalog, Name> = {
  /** A measurement of the catalog, with `unit: "seconds"`. */
  readonly name: Name;
  readonly children?: ReactNode;
} & DetailsProp<DetailsArguments<MeasurementEntry<C, Name>>>;

/**
 * Measures the render time of the tree below it. On each commit that changed the tree, it observes the seconds that React
 * spent rendering it, in a declared measurement.
 *
 * In production it measures only with React's profiling build (alias `react-dom/client` to `react-dom/profiling`). The
 * usual build renders the tree without measuring. Profiling costs CPU on every render, so use it only where needed.
 */
export function MetricsProfiler<
  C extends Catalog = Catalog,
  Name extends MeasurementName<C> = MeasurementName<C>,
>({ name, details, children }: MetricsProfilerProps<C, Name>): ReactNode {
  // The props were checked against the catalog.
  const { measure } = useMetrics() as { measure: (...given: unknown[]) => void };
  return (
    <Profiler id={name} onRender={(_id, _phase, ms) => measure(name, ms / 1_000, details)}>
      {children}
    </Profiler>
  );
}

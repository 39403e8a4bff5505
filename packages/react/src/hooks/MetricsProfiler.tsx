"use client";

import type { Catalog, MeasurementName } from "@rumkit/browser";
import type { Attributes, DetailsArguments, MeasurementEntry } from "@rumkit/protocol";
import { Profiler, type ReactNode } from "react";
import { useMetrics } from "../context/useMetrics.ts";

/** Required where the measurement declares labels. */
type DetailsProp<Arguments> = Arguments extends [infer Given]
  ? { readonly details: Given }
  : { readonly details?: Attributes };

export type MetricsProfilerProps<C extends Catalog, Name> = {
  /** A measurement of the catalogue, with `unit: "seconds"`. */
  readonly name: Name;
  readonly children?: ReactNode;
} & DetailsProp<DetailsArguments<MeasurementEntry<C, Name>>>;

/**
 * Measures how long the tree below it renders: on each commit that changed it, the seconds that React spent on
 * rendering it, into a declared measurement.
 *
 * In production it measures only with React's profiling build (alias `react-dom/client` to
 * `react-dom/profiling`); the usual build renders the tree and measures nothing. Profiling costs CPU on every
 * render, so put it around what you doubt.
 */
export function MetricsProfiler<
  C extends Catalog = Catalog,
  Name extends MeasurementName<C> = MeasurementName<C>,
>({ name, details, children }: MetricsProfilerProps<C, Name>): ReactNode {
  // The props were checked against the catalogue.
  const { measure } = useMetrics() as { measure: (...given: unknown[]) => void };
  return (
    <Profiler id={name} onRender={(_id, _phase, ms) => measure(name, ms / 1_000, details)}>
      {children}
    </Profiler>
  );
}

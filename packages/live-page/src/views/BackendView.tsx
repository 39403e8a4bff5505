import type { LiveDurations, LiveTotal } from "@rumkit/protocol";
import { BACKEND_TABLES } from "./backendTables.ts";
import { DurationTables } from "./DurationTables.tsx";
import { HeatStrip } from "./HeatStrip.tsx";
import { TotalsTables } from "./TotalsTables.tsx";

interface BackendViewProps {
  totals: ReadonlyMap<string, LiveTotal>;
  /** Undefined until the collector has answered. */
  durations: LiveDurations | undefined;
}

/** Calls of pages are in the view of errors. */
const isOfBackend = (metric: string): boolean => !metric.startsWith("rum_");

/** Durations of the backend, and its totals. */
export function BackendView({ totals, durations }: BackendViewProps) {
  return (
    <>
      {durations?.heat && <HeatStrip durations={durations} heat={durations.heat} />}
      {durations && <DurationTables durations={durations} only={isOfBackend} />}
      <TotalsTables tables={BACKEND_TABLES} totals={totals} />
    </>
  );
}

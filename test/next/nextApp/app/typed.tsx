"use client";

import { createMetricsContext } from "@rumkit/react";
import type { catalog } from "../catalog";

/** As the README of `@rumkit/react` has it: one export a line, and something else beside them. */
const typed = createMetricsContext<typeof catalog>();
export const MetricsErrorBoundary = typed.MetricsErrorBoundary;

export function Caught() {
  return <output>caught</output>;
}

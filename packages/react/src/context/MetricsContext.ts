"use client";

import type { Metrics } from "@rumkit/browser";
import { createContext } from "react";

/** The client of the closest provider. */
export const MetricsContext = createContext<Metrics | undefined>(undefined);

/** A client of any catalog. The hooks add the catalog's types. */
export type AnyMetrics = Pick<Metrics, "flush" | "start" | "stop" | "trackError">;

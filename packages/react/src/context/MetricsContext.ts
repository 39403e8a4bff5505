"use client";

import type { Metrics } from "@rumkit/browser";
import { createContext } from "react";

/** The client of the closest provider. */
export const MetricsContext = createContext<Metrics | undefined>(undefined);

/** A client of any catalog: the hooks name the catalog again. */
export type AnyMetrics = Pick<Metrics, "flush" | "start" | "stop" | "trackError">;

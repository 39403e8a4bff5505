import { createMetrics } from "@rumkit/browser";

export const metrics = createMetrics();

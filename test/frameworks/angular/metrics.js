import { createMetrics } from "@rumkit/browser";

export const metrics = createMetrics(location.search === "?zone" ? { url: "/nowhere" } : {});

import type { Instrumentation } from "next";

export const onRequestError: Instrumentation.onRequestError = async (error) => {
  // As a condition around the import: webpack then leaves the collector out of the Edge bundle.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { getCollector } = await import("./collector");
    const { trackError } = await getCollector();
    trackError(error);
  }
};

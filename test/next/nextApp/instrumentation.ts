import type { Instrumentation } from "next";

export const onRequestError: Instrumentation.onRequestError = async (error) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { getCollector } = await import("./collector");
  const { trackError } = await getCollector();
  trackError(error);
};

import type { Source } from "../contract/source.ts";

/** Counts exceptions that nothing caught and rejections that nothing handled. */
export const errors = (): Source => (page) => {
  // The error of a resource passes here too, and has no message. Null and undefined can be thrown.
  page.on(window, "error", ({ error, message }: ErrorEvent) => {
    if (message !== undefined) page.trackError(error ?? message, { source: "uncaught" });
  });
  page.on(window, "unhandledrejection", ({ reason }: PromiseRejectionEvent) =>
    page.trackError(reason, { source: "rejection" }),
  );
};

import type { Source } from "../contract/source.ts";

/** Counts uncaught exceptions and unhandled rejections. */
export const errors = (): Source => (page) => {
  // Errors of resources also arrive here, without a message. `error` can be null or undefined, because both can be thrown.
  page.on(window, "error", ({ error, message }: ErrorEvent) => {
    if (message !== undefined) page.trackError(error ?? message, { source: "uncaught" });
  });
  page.on(window, "unhandledrejection", ({ reason }: PromiseRejectionEvent) =>
    page.trackError(reason, { source: "rejection" }),
  );
};

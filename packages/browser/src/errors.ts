import type { Source } from "./source.ts";

/** Counts exceptions that nobody caught and promises whose rejection nobody took. */
export function errors(): Source {
  return (page) => {
    // A failed image or script fires a plain Event here in some setups; only script errors have a message.
    page.on(window, "error", (event: ErrorEvent) => {
      if (event.message) page.recordError(event.error ?? event.message, "uncaught");
    });
    page.on(window, "unhandledrejection", (event: PromiseRejectionEvent) => {
      page.recordError(event.reason, "rejection");
    });
  };
}

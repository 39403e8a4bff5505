import type { Source } from "../source.ts";

/** Counts exceptions that nobody caught and promises whose rejection nobody took. */
export function errors(): Source {
  return (page) => {
    // A failed image or script fires a plain Event here in some setups; only script errors have a message.
    page.on(window, "error", ({ error, message }: ErrorEvent) => {
      // Of a script of another origin without CORS the browser says no more than "Script error.".
      const source = message === "Script error." ? "opaque" : "uncaught";
      if (message) page.trackError(error ?? message, { source });
    });
    page.on(window, "unhandledrejection", ({ reason }: PromiseRejectionEvent) =>
      page.trackError(reason, { source: "rejection" }),
    );
  };
}

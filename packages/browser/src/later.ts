import type { Source } from "./source.ts";

/**
 * Starts sources once the browser is idle, so that they do not delay the first paint. For those that miss nothing by it:
 * the browser keeps entries for them, or nothing can have happened yet. Safari has no idle callbacks: there it is the
 * next task.
 */
export const later =
  (...sources: readonly Source[]): Source =>
  (page) => {
    let undos: ReturnType<Source>[] | undefined = [];
    (globalThis.requestIdleCallback ?? setTimeout)(() => {
      undos &&= sources.map((source) => page.guard(source)(page));
    });
    return () => {
      undos = undos!.map((undo) => undo?.()) && undefined;
    };
  };

import type { Source } from "./source.ts";

/**
 * Starts sources in a task of their own right after the page's script, so that they do not lengthen it. For those
 * that miss nothing by it: the browser keeps entries for them, or nothing can have happened yet.
 */
export const later =
  (...sources: readonly Source[]): Source =>
  (page) => {
    let undos: ReturnType<Source>[] = [];
    const timer = setTimeout(() => {
      undos = sources.map((source) => page.guard(source)(page));
    });
    return () => {
      clearTimeout(timer);
      undos.map((undo) => undo?.());
    };
  };

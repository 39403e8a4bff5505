import type { Source } from "../contract/source.ts";

/**
 * Starts sources after the first paint, so that they do not delay it. For those that miss nothing by it: the browser
 * keeps entries for them, or nothing can have happened yet. They may not listen to exits: such a listener would come
 * after the flush.
 */
export const later =
  (...sources: readonly Source[]): Source =>
  (page) => {
    let undos: ReturnType<Source>[] | undefined;
    page.hooks.begin = () => {
      undos ??= sources.map((source) => page.guard(source)(page));
    };
    return () => undos?.map((undo) => undo?.());
  };

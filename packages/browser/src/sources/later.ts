import type { Source } from "../contract/source.ts";

/**
 * Starts sources after the first paint, so that they do not delay it. Use it for sources that miss nothing: the browser
 * buffers their entries, or they have nothing to see earlier. They must not listen for exits, because their listeners
 * would run after the flush.
 */
export const later =
  (...sources: readonly Source[]): Source =>
  (page) => {
    let undos: ReturnType<Source>[] | undefined;
    page.hooks.begin = () => {
      undos ??= sources.map(page.guard((source: Source) => source(page)));
    };
    return () => undos?.map((undo) => undo?.());
  };

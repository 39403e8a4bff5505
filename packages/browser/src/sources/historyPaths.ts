import type { Source } from "../contract/source.ts";
import { patch } from "./patch.ts";

/**
 * Tells `pageViews` of changes of the path in browsers without the Navigation API, by wrapping
 * `history.pushState` and `replaceState`. Does nothing in others.
 */
export const historyPaths = (): Source => (page) => {
  if ("navigation" in window) return undefined;
  const tell = (): void => void window.dispatchEvent(new Event("currententrychange"));
  page.on(window, "popstate", tell);
  const undos = (["pushState", "replaceState"] as const).map((name) =>
    patch(
      history,
      name,
      (original) =>
        function (this: History, ...state) {
          original.apply(this, state);
          tell();
        },
    ),
  );
  return () => {
    for (const undo of undos) undo();
  };
};

import type { Source } from "../contract/source.ts";
import { patch } from "./patch.ts";

/**
 * Reports changes of the path to `pageViews` in browsers without the Navigation API, by wrapping `history.pushState`
 * and `replaceState`. Does nothing in other browsers.
 */
export const historyPaths = (): Source => (page) => {
  if ("navigation" in window) return undefined;
  const notify = (): void => void dispatchEvent(new Event("currententrychange"));
  page.on(window, "popstate", notify);
  const undos = (["pushState", "replaceState"] as const).map((name) =>
    patch(
      history,
      name,
      (original) =>
        function (this: History, ...state) {
          original.apply(this, state);
          notify();
        },
    ),
  );
  return () => {
    for (const undo of undos) undo();
  };
};

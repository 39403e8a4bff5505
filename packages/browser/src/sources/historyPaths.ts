import type { Source } from "../contract/source.ts";
import { navigationTarget } from "./navigationTarget.ts";
import { patch } from "./patch.ts";

/**
 * Reports changes of the path to `pageViews` in browsers without the Navigation API, by wrapping `history.pushState`
 * and `replaceState`. Does nothing in other browsers.
 */
export const historyPaths = (): Source => (page) => {
  if (navigationTarget() !== window) return undefined;
  const notify = page.guard(() => dispatchEvent(new Event("currententrychange")));
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
  return () => undos.map((undo) => undo());
};

import type { Source } from "../contract/source.ts";
import { navigationTarget } from "./navigationTarget.ts";

/**
 * Counts the load (of a prerendered page, when it is shown) and each change of the path. A navigation that changes only
 * query, hash or history state is not a view.
 *
 * Uses the Navigation API, which needs no patch (Chromium 102, Firefox 147, Safari 26.2). In other browsers,
 * `historyPaths` reports changes.
 */
export const pageViews = (): Source => {
  // Outside the returned function, so a stop and a new start do not count the same page again.
  let counted: string | undefined;
  return (page) => {
    const count = () => {
      const path = page.path(location);
      if (path !== counted) page.trackPageView(page.routeOf((counted = path)));
    };
    count();
    page.on(navigationTarget(), "currententrychange", count);
  };
};

import type { Source } from "../contract/source.ts";

/**
 * Counts the load (a prerendered page when it is shown) and each change of the path. A navigation that changes
 * only query, hash or history state is no view.
 *
 * By the Navigation API, which needs no patch (Chromium 102, Firefox 147, Safari 26.2). Where it is missing,
 * `historyPaths` tells of changes.
 */
export const pageViews = (): Source => {
  // Outside of the start: the same page is not viewed again because its client stopped and started.
  let counted: string | undefined;
  return (page) => {
    const count = () => {
      const path = page.path(location);
      if (path !== counted) page.trackPageView(page.routeOf((counted = path)));
    };
    count();
    page.on((window as { navigation?: EventTarget }).navigation ?? window, "currententrychange", count);
  };
};

import type { PageViewNavigation } from "@rumkit/protocol";
import { onPathChange } from "./onPathChange.ts";
import type { Source } from "./source.ts";

/**
 * Counts the load (a prerendered page when it is shown), each change of the path, and each restore from the
 * back-forward cache. A navigation that changes only query, hash or history state is no view.
 */
export function pageViews(): Source {
  // Outside of the start: the same page is not viewed again because its client stopped and started.
  let counted: string | undefined;
  return (page) => {
    const count = (navigation?: PageViewNavigation) => {
      if (location.pathname === counted) return;
      counted = location.pathname;
      page.recordPageView(page.pathRoute(), navigation);
    };
    // In the capture phase: `web-vitals` reports a restore there, under the route that is set here.
    page.on(
      window,
      "pageshow",
      (event: PageTransitionEvent) => {
        if (event.persisted) page.recordPageView(page.route(), "bfcache");
      },
      true,
    );
    if (page.options.pageViews === "manual") return;
    count();
    return onPathChange(page, count);
  };
}

import type { Source } from "../contract/source.ts";
import type { PageEvent } from "@rumkit/protocol";
import { firstEntry } from "./observeEntries.ts";
import { navigationTarget } from "./navigationTarget.ts";
import { renamedViews } from "./viewRoutes.ts";

/**
 * Counts each restore from the back-forward cache as a view, because no code of the app sees it, and marks views of
 * prerendered pages. If the URL is replaced before the first paint or before the page has loaded, a router has
 * redirected: the route of the first view changes, and no second view is counted.
 */
export const restoredViews = (): Source => (page) => {
  page.on(window, "pageshow", (event: PageTransitionEvent) => {
    if (event.persisted) page.trackPageView(page.route(), "bfcache");
  });
  const { length } = history;
  // Read now, because events are processed later, possibly after a redirect.
  let path = page.path(location);
  page.on(navigationTarget(), "currententrychange", () => {
    // Decides now, because it is not known later whether anything was painted at this time.
    if (page.path(location) !== path) page.decide();
  });
  /** Pending events of the first view, as long as its route may change. */
  let early: PageEvent[] | undefined = [];
  let route: string | undefined;
  page.hooks.flushes.push(() => {
    early = undefined;
  });
  page.hooks.events.push((event) => {
    const view = early?.find(({ type }) => type === "page_view");
    if (event.type === "page_view") {
      const here = page.path(location);
      if (view && here !== path && history.length === length && !isShown()) {
        // Of consecutive pending events, only the first has the route.
        for (const one of early!) if (one.route === route) one.route = event.route!;
        renamedViews.set(view, (route = event.route!));
        path = here;
        return false;
      }
      if (view) early = undefined;
      route = event.route;
      // Only Chromium prerenders. Only there the entry has the time at which the page was shown.
      if (firstEntry("navigation")?.activationStart) event.navigation ??= "prerender";
    }
    early?.push(event);
    return undefined;
  });
};

/** Returns true if the document has loaded and something was painted. */
const isShown = (): unknown => document.readyState === "complete" && firstEntry("paint");

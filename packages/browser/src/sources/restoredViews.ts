import type { Source } from "../contract/source.ts";
import type { PageEvent } from "@rumkit/protocol";
import { renamedViews } from "./viewRoutes.ts";

/**
 * Counts each restore from the back-forward cache as a view, which no code of the app sees, and tells the view
 * of a prerendered page from a load. What replaces the load's address before anything is painted, or before the page
 * has loaded, is a redirect of a router: it renames the load's view and is none itself.
 */
export const restoredViews = (): Source => (page) => {
  page.on(window, "pageshow", (event: PageTransitionEvent) => {
    if (event.persisted) page.trackPageView(page.route(), "bfcache");
  });
  const { length } = history;
  // Now: events are seen here when they are sent on, and that may be after a redirect.
  let path = page.path(location);
  page.on((window as { navigation?: EventTarget }).navigation ?? window, "currententrychange", () => {
    // What was painted then is not known later.
    if (page.path(location) !== path) page.decide();
  });
  /** The events of the load, as long as it may be renamed and they wait. */
  let early: PageEvent[] | undefined = [];
  let route: string | undefined;
  page.hooks.flushes.push(() => {
    early = undefined;
  });
  page.hooks.events.push((event) => {
    const view = early?.find(({ type }) => type === "page_view");
    if (event.type === "page_view") {
      const here = page.path(location);
      if (
        view &&
        here !== path &&
        history.length === length &&
        !(document.readyState === "complete" && performance.getEntriesByType("paint")[0])
      ) {
        // Of events that wait in a row the first alone has the route.
        for (const one of early!) if (one.route === route) one.route = event.route!;
        renamedViews.set(view, (route = event.route!));
        path = here;
        return false;
      }
      if (view) early = undefined;
      route = event.route;
      // Only Chromium prerenders; only there the entry says when the page was shown.
      const [entry] = performance.getEntriesByType("navigation") as { activationStart?: number }[];
      if (entry?.activationStart) event.navigation ??= "prerender";
    }
    early?.push(event);
    return undefined;
  });
};

import type { Source } from "../source.ts";

/**
 * Counts each restore from the back-forward cache as a view, which no code of the app sees, and tells the view
 * of a prerendered page from a load.
 */
export function restoredViews(): Source {
  return (page) => {
    page.on(window, "pageshow", (event: PageTransitionEvent) => {
      if (event.persisted) page.trackPageView(page.route(), "bfcache");
    });
    // Only Chromium prerenders; only there the entry says when the page was shown.
    const [entry] = performance.getEntriesByType("navigation") as { activationStart?: number }[];
    page.hooks.events.push((event) => {
      if (event.type === "page_view" && entry?.activationStart) event.navigation ??= "prerender";
    });
  };
}

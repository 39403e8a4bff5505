import type { PageEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";
import { renamedViews } from "./viewRoutes.ts";

/** Reports how long each page view was visible without a break. Coming back to a page is no page view. */
export const visibility = (): Source => (page) => {
  let view: PageEvent | undefined;
  let route = page.route();
  let since = document.hidden ? undefined : performance.now();

  const report = (): void => {
    if (since === undefined) return;
    const value = Math.round((performance.now() - since) / 100) / 10;
    since = undefined;
    if (value) page.record({ type: "visible", value }, (view && renamedViews.get(view)) ?? route);
  };

  page.on(window, "visibilitychange", () => {
    if (document.hidden) return report();
    since = performance.now();
  });
  page.on(window, "pagehide", report);
  page.hooks.events.push((event) => {
    // One that was gathered before a consent is of the view that goes on.
    if (event.type !== "page_view" || event.route === route) return;
    // The first view, and one after a restore, ends no other.
    if (event.navigation === "soft") report();
    since = document.hidden ? undefined : performance.now();
    view = event;
    route = event.route!;
  });
};

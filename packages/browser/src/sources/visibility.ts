import type { PageEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";
import { renamedViews } from "./viewRoutes.ts";

/** Reports the duration of each uninterrupted time in which a page view was visible. Returning to a tab is not a page view. */
export const visibility = (): Source => (page) => {
  let view: PageEvent | undefined;
  let route = page.route();
  let since = document.hidden ? undefined : performance.now();

  const report = (): void => {
    if (since === undefined) return;
    const value = Math.round((performance.now() - since) / 100) / 10;
    if (value) page.record({ type: "visible", value }, (view && renamedViews.get(view)) ?? route);
    // Not before: Firefox may end a script amid an exit, and then the next event of the exit reports the time.
    since = undefined;
  };

  page.on(window, "visibilitychange", () => {
    if (document.hidden) return report();
    since = performance.now();
  });
  page.on(window, "pagehide", report);
  page.hooks.events.push((event) => {
    // A view with the same route was gathered before consent: it is the current view.
    if (event.type !== "page_view" || event.route === route) return;
    // The first view, and a view after a restore, end no other view.
    if (event.navigation === "soft") report();
    since = document.hidden ? undefined : performance.now();
    view = event;
    route = event.route!;
  });
};

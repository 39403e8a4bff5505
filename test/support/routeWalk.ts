/**
 * A walk through client-side routes by the history methods: six views under three names. Runs in the page, so it
 * uses nothing from outside.
 */
export async function walkRoutes(): Promise<void> {
  // What a router does at its start, with a query and with a hash is not a view.
  history.replaceState({ key: 1 }, "", "/");
  history.pushState(null, "", "/users/1");
  history.pushState(null, "", "/users/2");
  history.replaceState(null, "", "/users/3?tab=orders");
  history.pushState(null, "", "/users/3?tab=orders#top");
  history.go(-2);
  await new Promise((resolve) => window.addEventListener("popstate", resolve, { once: true }));
  history.pushState(null, "", "/files/a/b");
}

/** The counts of the walk, in a new session. */
export const WALKED = {
  rum_sessions_total: 1,
  'rum_page_views_total{route="/"}': 1,
  'rum_page_views_total{route="/users/:id"}': 4,
  'rum_page_views_total{route="/files/*"}': 1,
};

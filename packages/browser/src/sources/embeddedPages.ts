import type { Source } from "../contract/source.ts";

/**
 * Discards page views and loads in a frame of another document, and with the views their vitals: a hidden frame that
 * renews a login loads the whole app, but no user views it. Clicks, errors, API calls and the app's calls still count.
 */
export const embeddedPages = (): Source => (page) => {
  page.hooks.events.push(({ type }) => top === window || !type.startsWith("page_"));
};

import type { Source } from "../contract/source.ts";

/**
 * Leaves out page views and loads of documents that another document embeds, and with the views their vitals: a hidden
 * frame that renews a login loads the whole app, and no user views it. Clicks, errors, API calls and what the app itself
 * tracks count there as anywhere.
 */
export const embeddedPages = (): Source => (page) => {
  page.hooks.events.push(({ type }) => window.top === window || !type.startsWith("page_"));
};

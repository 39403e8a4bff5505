import type { Source } from "../contract/source.ts";

/**
 * Discards page views and loads in a frame of another document, and with the views their vitals: a hidden frame that
 * renews a login loads the whole app, but no user views it. Clicks, errors, API calls and the app's calls still count.
 */
export const embeddedPages = (): Source => (page) => {
  // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- Shorter.
  page.hooks.events.push(({ type }) => top === window || !/^page_/.test(type));
};

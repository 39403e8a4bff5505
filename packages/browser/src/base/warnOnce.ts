/** What was said on this page. */
const said: Record<string, unknown> = {};

/** Says a fault on the console, and each once: an app that does it wrong does it wrong again and again. */
export const warnOnce = (sentence: string): undefined => {
  // oxlint-disable-next-line no-console -- The team has to know.
  said[sentence] ??= console.warn("[rumkit] " + sentence) ?? 1;
};

/** Messages already printed on this page. */
const printed: Record<string, unknown> = {};

/** Prints a warning on the console. Prints each message once, because an app repeats its mistakes. */
export const warnOnce = (message: string): undefined => {
  // oxlint-disable-next-line no-console -- For the developers of the page.
  printed[message] ??= console.warn("[rumkit] " + message) ?? 1;
};

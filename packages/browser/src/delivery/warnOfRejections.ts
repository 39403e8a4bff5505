import { warnOnce } from "../base/warnOnce.ts";

/**
 * Prints on the console what a response rejects, each message once, and that a URL has no collector. Collectors give
 * reasons only in development. For the option `onAnswer`.
 */
export const warnOfRejections = async (response: Response, url: string): Promise<void> => {
  const { status } = response;
  try {
    // Collectors never answer with 404 or 405, so the body is from another program and not useful.
    const answer = /40[45]/.test(status as never) ? "" : await response.text();
    JSON.parse(answer, (key, value: string) => {
      if (key === "message") value.split("\n").forEach(warnOnce);
    });
  } catch {
    // Without a response (status 0), the browser prints the error itself.
    if (status) warnOnce(`POST ${url}: ${status}. Check url`);
  }
};

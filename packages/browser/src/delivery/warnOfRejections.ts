import { warnOnce } from "../base/warnOnce.ts";

/**
 * Says on the console what an answer refuses, a sentence for each fault, and each once; and where what answers is no
 * collector. Only a collector in development says why. For `onAnswer`.
 */
export const warnOfRejections = async (response: Response, url: string): Promise<void> => {
  const { status } = response;
  try {
    // A collector never answers with 404 or 405. What another program says then is not for a page's team.
    const answer = /40[45]/.test(status as never) ? "" : await response.text();
    JSON.parse(answer, (key, value: string) => {
      if (key === "message") value.split("\n").forEach(warnOnce);
    });
  } catch {
    // Where nothing answered (0), the browser says so itself.
    if (status) warnOnce(`POST ${url}: ${status}. Is the collector mounted there, or is \`url\` missing?`);
  }
};

/** The samples of an exposition: `name{labels}` to value. */
export type Scrape = Map<string, number>;

/** The server that is asked for a path: a Hono app, or anything that calls `fetch`. */
export interface Scraped {
  request(path: string): Response | Promise<Response>;
}

/** Scrapes an app that serves `GET /metrics`. */
export async function scrape(app: Scraped): Promise<Scrape> {
  const response = await app.request("/metrics");
  return parseExposition(await response.text());
}

/**
 * Reads the Prometheus text format. Histogram lines are samples like all others. What the collector counts of
 * scrapes and of series is left out: looking changes it, and so does whatever is new.
 */
export function parseExposition(text: string): Scrape {
  const lines = text.split("\n").filter((line) => !/^($|#|rum_scrape|rum_series)/.test(line));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The changes between two scrapes, for the families that a pattern names; by how much. */
export function changes(before: Scrape, after: Scrape, families: RegExp): Record<string, number> {
  const changed = [...after]
    .filter(([series, value]) => families.test(series) && value !== (before.get(series) ?? 0))
    .map(([series, value]): [string, number] => [series, value - (before.get(series) ?? 0)]);
  return Object.fromEntries(changed);
}

/** Labels that say on what machine, and after what, something happened: a test in a real browser cannot know them. */
export const CIRCUMSTANCES = ["device", "browser", "connection", "navigation", "experience"] as const;

const CIRCUMSTANCE = new RegExp(`(${CIRCUMSTANCES.join("|")})="[^"]*",?`, "g");

/** The same, whatever the circumstances: summed over device, browser, connection, navigation and experience. */
export function changesOfVisits(before: Scrape, after: Scrape, families: RegExp): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [series, change] of Object.entries(changes(before, after, families))) {
    const what = series.replace(CIRCUMSTANCE, "").replace(/,?\}$/, "}").replace("{}", "");
    sums[what] = (sums[what] ?? 0) + change;
  }
  return sums;
}

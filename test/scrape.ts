import type { Hono } from "hono";

/** The samples of an exposition: `name{labels}` to value. */
export type Scrape = Map<string, number>;

/** Scrapes an app that serves `GET /metrics`. */
export async function scrape(app: Hono): Promise<Scrape> {
  const response = await app.request("/metrics");
  return parseExposition(await response.text());
}

/** Reads the Prometheus text format. Histogram lines are samples like all others. */
function parseExposition(text: string): Scrape {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** What changed between two scrapes, for the families that a pattern names; by how much. */
export function changes(before: Scrape, after: Scrape, families: RegExp): Record<string, number> {
  const changed = [...after]
    .filter(([series, value]) => families.test(series) && value !== (before.get(series) ?? 0))
    .map(([series, value]): [string, number] => [series, value - (before.get(series) ?? 0)]);
  return Object.fromEntries(changed);
}

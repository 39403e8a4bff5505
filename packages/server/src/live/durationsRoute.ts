import type { Handler } from "hono";
import { DURATION_STEP, type Durations } from "./durations.ts";
import { WINDOW_SECONDS } from "./windows.ts";
import { queryOf } from "../http/query.ts";

/** Seconds that are read if the request does not say. */
const DEFAULT_WINDOW = 300;

/** UTF-16 units of a value: as in the filter of the stream. */
const MAX_UNITS = 256;

export interface DurationsRouteOptions {
  readonly durations: Durations;
  /** Milliseconds since 1970 that never go back. */
  readonly now: () => number;
}

/**
 * `GET /realtime/durations?window=300&route=/api/cart`: how long requests, jobs, streams and queries took. `window` is
 * a multiple of ten seconds up to 900, `route` chooses what the heat strip shows.
 */
export function createDurationsRoute({ durations, now }: DurationsRouteOptions): Handler {
  return function answer(c) {
    c.header("cache-control", "no-store");
    const query = queryOf(c);
    const given = query.get("window") ?? String(DEFAULT_WINDOW);
    const window = /^\d{1,3}$/.test(given) ? Number(given) : 0;
    const route = query.get("route") ?? undefined;
    if (
      window < DURATION_STEP ||
      window > WINDOW_SECONDS ||
      window % DURATION_STEP !== 0 ||
      !isRoute(route)
    ) {
      const message = `\`window\` is a multiple of ${DURATION_STEP} up to ${WINDOW_SECONDS}, \`route\` has 1 to ${MAX_UNITS} characters.`;
      return c.json({ error: { code: "bad_query", message } }, 400);
    }
    return c.json(durations.read(Math.floor(now() / 1000), window, route));
  };
}

function isRoute(route: string | undefined): boolean {
  return route === undefined || (route.length > 0 && route.length <= MAX_UNITS);
}

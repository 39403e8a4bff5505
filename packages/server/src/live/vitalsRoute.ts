import type { Handler } from "hono";
import type { VitalTables } from "./vitalTables.ts";

/**
 * `GET /realtime/vitals`: the Web Vitals of the last 15 minutes, by route and by device.
 *
 * @param now Milliseconds since 1970 that never go back.
 */
export function createVitalsRoute(vitals: VitalTables, now: () => number): Handler {
  return function answer(c) {
    c.header("cache-control", "no-store");
    return c.json(vitals.read(Math.floor(now() / 1000)));
  };
}

import { setTimeout as wait } from "node:timers/promises";
import type { ReportingClient } from "@rumkit/client";
import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import type { catalog } from "./catalog.ts";
import { isRegion, POLICIES, type Region, REGIONS } from "./policies.ts";
import type { Rules } from "./rules.ts";

export interface LookupOptions {
  readonly collector: Collector<typeof catalog>;
  /** Reports the time of each look-up. */
  readonly client: Pick<ReportingClient, "record">;
  readonly rules: Rules;
  /** Default the real clock. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** The look-up service: `GET /policies/:id?region=west`, `GET /policies?q=…&region=west`. */
export function createLookup({ collector, client, rules, pause = wait }: LookupOptions): Hono {
  const lookup = new Hono();
  lookup.use("/policies", collector.httpMetrics());
  lookup.use("/policies/*", collector.httpMetrics());

  const timed = async (
    c: Context,
    endpoint: "/policies" | "/policies/:id",
    answer: (region: Region) => Promise<Response>,
  ): Promise<Response> => {
    const region = c.req.query("region") ?? "north";
    if (!isRegion(region))
      return c.json({ error: `\`region\` must be one of ${REGIONS.join(", ")}.`, code: "bad_region" }, 400);
    const start = performance.now();
    const response = await answer(region);
    client.record("api.response_time", (performance.now() - start) / 1_000, { endpoint, region });
    return response;
  };

  lookup.get("/policies/:id", (c) =>
    timed(c, "/policies/:id", async (region) => {
      const found = POLICIES.find(({ id }) => id === c.req.param("id"));
      if (!found)
        return c.json({ error: "No policy has this id: see /policies.", code: "unknown_policy" }, 404);
      const rule = rules.current();
      const outcome = rules.decide(found.outcome, region);
      await pause(rules.delayMs(region));
      return c.json({ id: found.id, title: found.title, region, rule, outcome });
    }),
  );
  lookup.get("/policies", (c) =>
    timed(c, "/policies", (region) => {
      const query = (c.req.query("q") ?? "").slice(0, 100).toLowerCase();
      const found = POLICIES.filter(({ title }) => title.toLowerCase().includes(query));
      return Promise.resolve(c.json({ region, policies: found.map(({ id, title }) => ({ id, title })) }));
    }),
  );
  return lookup;
}

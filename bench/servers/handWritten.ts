/**
 * The route that a team writes by hand in an afternoon: Hono, `bodyLimit`, zod over the whole batch, prom-client
 * counters by name. It checks no origin, no catalog, no retry; a label may take any value.
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Counter, Histogram, Registry } from "prom-client";
import { z } from "zod";
import { announce } from "./announce.ts";

const registers = [new Registry()];
const events = new Counter({
  name: "events_total",
  help: "Events.",
  labelNames: ["type", "name", "route"],
  registers,
});
const vitals = new Histogram({
  name: "vital_seconds",
  help: "Vitals.",
  labelNames: ["name", "route"],
  registers,
});

const base = { route: z.string().optional(), count: z.number().optional() };
const details = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();
const batchSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  seq: z.number(),
  session: z.string(),
  sentAt: z.number(),
  events: z.array(
    z.discriminatedUnion("type", [
      z.object({ ...base, type: z.literal("page_view"), navigation: z.string().optional() }),
      z.object({ ...base, type: z.literal("click"), name: z.string() }),
      z.object({ ...base, type: z.literal("action"), name: z.string(), details }),
      z.object({
        ...base,
        type: z.literal("conversion"),
        name: z.string(),
        amount: z.number(),
        currency: z.string(),
        details,
      }),
      z.object({ ...base, type: z.literal(["LCP", "INP", "CLS", "FCP", "TTFB"]), value: z.number() }),
      z.object({ ...base, type: z.literal("api_call"), name: z.string(), value: z.number() }),
      z.object({
        ...base,
        type: z.literal("error"),
        source: z.string(),
        name: z.string(),
        message: z.string(),
        stack: z.string().optional(),
      }),
    ]),
  ),
});

const app = new Hono().post("/collect", bodyLimit({ maxSize: 65_536 }), async (c) => {
  const parsed = batchSchema.safeParse(await c.req.json());
  if (!parsed.success) return c.json({ error: parsed.error.issues }, 400);
  let route = "";
  for (const event of parsed.data.events) {
    route = event.route ?? route;
    if ("value" in event) vitals.observe({ name: event.type, route }, event.value);
    else events.inc({ type: event.type, name: "name" in event ? event.name : "", route }, event.count ?? 1);
  }
  return c.body(null, 204);
});
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => announce(server));

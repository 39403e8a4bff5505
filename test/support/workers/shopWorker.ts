/** A worker of the shop, by whatever it was forked: `node:cluster`, or a process manager. All of them share a port. */
import { serve } from "@hono/node-server";
import { connectCollector } from "@rumkit/server";
import { Hono } from "hono";
import promClient from "prom-client";
import { catalog } from "../kills/catalog.ts";

const collector = await connectCollector({ catalog, socket: process.env["SOCKET"]! });
const { registry } = collector;
const parcels = new promClient.Counter({
  name: "shop_parcels_total",
  help: "Parcels.",
  registers: [registry],
});
const weights = new promClient.Histogram({
  name: "shop_parcel_grams",
  help: "Weights.",
  buckets: [10, 100],
  registers: [registry],
});
const desks = new promClient.Gauge({ name: "shop_desks", help: "Desks.", registers: [registry] });
desks.set(3);
collector.trackQueue("parcels", () => 7);
collector.trackPool("main", () => ({ active: 2, idle: 1, waiting: 0 }));

const app = new Hono();
app.use(collector.httpMetrics());
app.route("/", collector.app);
app.post("/buy", async (c) => {
  const { id, cents } = await c.req.json<{ id: string; cents: number }>();
  const outcome = await collector.trackConversion("purchase", { id, value: cents / 100, currency: "EUR" });
  return c.json({ outcome }, outcome === "rejected" ? 503 : 200);
});
app.post("/send/:grams", (c) => {
  parcels.inc();
  weights.observe(Number(c.req.param("grams")));
  return c.text(String(process.pid));
});

const server = serve({ fetch: app.fetch, port: Number(process.env["PORT"]), hostname: "127.0.0.1" }, () =>
  process.stdout.write(`worker ${process.pid} ${process.env["NODE_APP_INSTANCE"] ?? ""}\n`),
);
collector.attachWebSocket(server);
// PM2 sends SIGINT.
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close(() => void collector.stop().then(() => process.exit(0)));
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}

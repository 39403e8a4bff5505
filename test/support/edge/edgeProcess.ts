/** The edge that is killed: started by `startEdge.ts`, which names port, folder and log. */
import { createServer } from "node:http";
import { join } from "node:path";
import { createCollector, openBroker, openEdgeBroker } from "@rumkit/server";
import { Hono } from "hono";
import { atSigterm } from "../atSigterm.ts";
import { catalog } from "../kills/catalog.ts";

const { PORT, FOLDER, LOG_URL, MAX_SPOOL_BYTES } = process.env;

const spool = join(FOLDER!, "spool");
const broker = await openEdgeBroker(spool, () =>
  openBroker({
    url: LOG_URL!,
    app: catalog.app,
    partitions: 3,
    // Debian's server has no sync_interval: a killed process loses nothing, and power is not cut here.
    allowUnsafe: true,
    log: { warn: () => {} },
  }),
);
const collector = createCollector({
  catalog,
  environment: "production",
  runtimeMetrics: false,
  cluster: {
    role: "edge",
    broker,
    spool,
    ...(MAX_SPOOL_BYTES && { maxSpoolBytes: Number(MAX_SPOOL_BYTES) }),
  },
});
const app = new Hono();
app.route("/", collector.app);
app.post("/buy", async (c) => {
  const { id, cents } = await c.req.json<{ id: string; cents: number }>();
  const outcome = await collector.trackConversion("purchase", { id, value: cents / 100, currency: "EUR" });
  return c.json({ outcome }, outcome === "rejected" ? 503 : 200);
});

const server = createServer(collector.nodeListener(app.fetch));
server.listen(Number(PORT), "127.0.0.1", () => process.stdout.write("listening\n"));
atSigterm(() => {
  // Answers that are on their way arrive before the process ends.
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection is idle once its answer was sent.
  setInterval(() => server.closeIdleConnections(), 20);
  void Promise.all([collector.stop(), closed]).then(() => process.exit(0));
});

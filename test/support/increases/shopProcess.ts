/** The app that is restarted and deployed anew: `startShop.ts` names port, folder, release and idle time. */
import { createServer } from "node:http";
import { join } from "node:path";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { atSigterm } from "../atSigterm.ts";
import { first, second } from "./catalog.ts";

const { PORT, FOLDER = "", RELEASE = "1", IDLE_MS } = process.env;

const collector = createCollector({
  catalog: RELEASE === "1" ? first : second,
  release: RELEASE,
  journal: await openSqliteJournal({ path: join(FOLDER, "metrics.journal") }),
  seriesBudget: { idleMs: Number(IDLE_MS) },
  environment: "production",
  runtimeMetrics: false,
});
const app = new Hono();
app.use(collector.httpMetrics());
app.route("/", collector.app);
app.get("/status/:code", (c) => c.text("", Number(c.req.param("code")) as ContentfulStatusCode));
app.post("/buy/:id", async (c) => {
  const outcome = await collector.trackConversion("purchase", {
    id: c.req.param("id"),
    value: 1.01,
    currency: "EUR",
  });
  return c.json({ outcome });
});

const server = createServer(collector.nodeListener(app.fetch));
server.listen(Number(PORT), "127.0.0.1", () => process.stdout.write("listening\n"));
atSigterm(() => {
  server.close();
  server.closeAllConnections();
  void collector.stop().then(() => process.exit(0));
});

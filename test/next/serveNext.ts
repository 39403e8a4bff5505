/**
 * A Next.js app and its collector on one origin: `node serveNext.ts <folder> <development|production>`. Prints
 * the origin when it listens.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createCollector } from "@rumkit/server";
import next from "next";
import { WALK_CATALOG } from "../e2e/walkCatalog.ts";

const [dir = "", mode] = process.argv.slice(2);
const collector = createCollector({
  catalog: WALK_CATALOG,
  runtimeMetrics: false,
  // A Chromium without a window says so, and is taken for a crawler.
  bots: "count",
});
const collect = getRequestListener(collector.app.fetch);

const server = createServer();
// Its types are of the time before ES modules.
const createNext = next as unknown as typeof next.default;
const app = createNext({ dir, dev: mode === "development", httpServer: server });
await app.prepare();
const render = app.getRequestHandler();

server.on("request", (request, response) => {
  const isOurs = /^\/(collect|metrics)\b/.test(request.url ?? "");
  void (isOurs ? collect(request, response) : render(request, response));
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/**
 * The built collector in a separate process, as strict as in production: the target of the hostile cases. With LOG_URL and
 * SPOOL it is an edge.
 */
import type { AddressInfo } from "node:net";
import { type ClusterOptions, createCollector, openBroker, serveCollector } from "@rumkit/server";
import { hostileCatalog } from "./catalog.ts";

const { LOG_URL: url, SPOOL: spool } = process.env;

async function openCluster(): Promise<ClusterOptions | undefined> {
  if (url === undefined || spool === undefined) return undefined;
  const log = { warn: () => {} };
  return { role: "edge", broker: await openBroker({ url, app: "hostile", allowUnsafe: true, log }), spool };
}

const collector = createCollector({
  catalog: hostileCatalog,
  cluster: await openCluster(),
  environment: "production",
  runtimeMetrics: false,
  allowedOrigins: ["https://shop.example"],
  // Each case comes from a new address, as the test says.
  trustedProxies: ["127.0.0.1"],
  // So slow that a flood is one on a busy machine, too.
  rateLimits: { perAddress: { perSecond: 5, burst: 200 } },
  access: {
    open: ["metrics", "live"],
    writeKeys: [
      { name: "shop", key: "pk_shop_0123456789", origins: ["https://shop.example"] },
      { name: "other", key: "pk_other_0123456789", app: "other", origins: ["https://shop.example"] },
    ],
  },
});
const server = serveCollector({ collector });
server.once("listening", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, used: heapUsed + external });
});
process.on("disconnect", () => process.exit());

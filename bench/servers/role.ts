/**
 * One process of a cluster: `ROLE` is `edge`, `aggregate`, `live`, or `all` for a collector alone. `BROKER` is the address of the
 * log, `FOLDER` where journal and spool are.
 */
import { join } from "node:path";
import {
  type ClusterOptions,
  createCollector,
  createMemoryJournal,
  openBroker,
  openSqliteJournal,
  serveCollector,
} from "@rumkit/server";
import { catalog as usual } from "../batch.ts";
import { announce } from "./announce.ts";

const { ROLE: role = "all", NAME: name = "", FOLDER: folder = ".", BROKER: url = "" } = process.env;

/** With routes for loads that change more series. */
const catalog = {
  ...usual,
  routes: [...usual.routes, ...Array.from({ length: 32 }, (_, index) => `/r/${index}`)],
};

async function clusterOf(): Promise<ClusterOptions | undefined> {
  if (role === "all") return undefined;
  // The bench kills no power: one server that does not sync.
  const broker = await openBroker({ url, app: catalog.app, allowUnsafe: true, log: { warn: () => {} } });
  if (role === "edge") return { role, broker, spool: join(folder, `${name}.spool`) };
  return { role: role === "live" ? "live" : "aggregate", broker, name };
}

const collector = createCollector({
  catalog,
  journal:
    role === "edge"
      ? createMemoryJournal()
      : await openSqliteJournal({ path: join(folder, `${name}.journal`) }),
  environment: "production",
  runtimeMetrics: false,
  rateLimits: { perApp: { perSecond: 1_000_000 } },
  cluster: await clusterOf(),
});
const server = serveCollector({ collector });
server.once("listening", () => announce(server));

/**
 * Starts workers as PM2 does in its cluster mode: the primary is the manager's own process, which runs no code of the app,
 * and each worker has the number of its instance in `NODE_APP_INSTANCE`.
 */
import cluster from "node:cluster";
import { join } from "node:path";
import { atSigterm } from "../atSigterm.ts";

cluster.setupPrimary({ exec: join(import.meta.dirname, "shopWorker.ts") });
for (const instance of ["0", "1"]) cluster.fork({ NODE_APP_INSTANCE: instance });
atSigterm(() => {
  cluster.disconnect(() => process.exit(0));
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
});

/**
 * Runs one of the measurements: `npm run bench`, or with its name, `npm run bench -- size`. With `--short` once and small.
 */
import { findSoftware } from "../scripts/systemSoftware.ts";

const MEASUREMENTS: Readonly<Record<string, string>> = {
  ingest: "./ingest.ts",
  http: "./http.ts",
  journal: "./journal.ts",
  profile: "./profile.ts",
  scrape: "./scrape.ts",
  size: "./size.ts",
  peers: "./faulted.ts",
  import: "./import.ts",
  page: "./pageCost.ts",
  shop: "./shopVitals.ts",
  record: "./record.ts",
  hostile: "./hostile.ts",
  live: "./live.ts",
  notices: "./notices.ts",
  notified: "./notified.ts",
  alerts: "./alerts.ts",
  latency: "./latency.ts",
  push: "./push.ts",
  workers: "./workers.ts",
  retry: "./retry.ts",
  scaling: "./scaling.ts",
  simulation: "./simulation.ts",
};

const [name = "ingest"] = process.argv.slice(2).filter((word) => word !== "--short");
const file = MEASUREMENTS[name];
if (file === undefined) {
  console.error(
    `[bench] There is no measurement called "${name}". Use one of: ${Object.keys(MEASUREMENTS).join(", ")}.`,
  );
  process.exit(1);
}
// Programs that a measurement starts see it, too.
if (process.argv.includes("--short")) process.env["BENCH_SHORT"] = "1";
findSoftware();
await import(file);
// A socket or a process that is left open would keep it.
process.exit();

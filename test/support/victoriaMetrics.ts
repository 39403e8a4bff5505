import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { scrapeConfigs, type Targets } from "./prometheus.ts";
import { openQueryApi, type QueryApi } from "./queryApi.ts";
import { type Started, startProgram } from "./started.ts";

/** A real VictoriaMetrics that scrapes its targets every second. */
export interface RunningVictoriaMetrics extends Started, QueryApi {}

/** Starts VictoriaMetrics with its data in an empty folder, on a free port of this machine only. */
export async function startVictoriaMetrics(targets: Targets): Promise<RunningVictoriaMetrics> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-victoria-metrics-"));
  const config = { global: { scrape_interval: "1s" }, scrape_configs: scrapeConfigs(targets) };
  // It reads YAML, of which JSON is a part.
  await writeFile(join(folder, "scrape.yml"), JSON.stringify(config));
  const port = await freePort();
  const running = await startProgram(
    process.env["VICTORIA_METRICS_PATH"] ?? "victoria-metrics",
    [
      `-promscrape.config=${folder}/scrape.yml`,
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-memory.allowedBytes=64MiB",
      // Else it answers for 30 s ago, as long as it takes a cluster to store a sample.
      "-search.latencyOffset=1s",
      "-search.disableCache",
    ],
    { ready: /starting http server at/ },
  );
  return {
    ...running,
    ...openQueryApi(`http://127.0.0.1:${port}`),
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}

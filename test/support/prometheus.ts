import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { openQueryApi, type QueryApi } from "./queryApi.ts";
import { type Started, startProgram } from "./started.ts";

/** A real Prometheus that scrapes its targets every second. */
export interface RunningPrometheus extends Started, QueryApi {}

/** The origins that are scraped, by the name of their job. */
export type Targets = Readonly<Record<string, string>>;

/** Returns the `scrape_configs` of targets, as Prometheus and VictoriaMetrics read them. */
export function scrapeConfigs(targets: Targets, limits: object = {}): object[] {
  return Object.entries(targets).map(([job, origin]) => ({
    job_name: job,
    ...limits,
    static_configs: [{ targets: [new URL(origin).host] }],
  }));
}

/**
 * Starts Prometheus with its data in an empty folder, on a free port of this machine only. Replicas of other names scrape
 * at other moments of a second.
 *
 * @param targets An origin alone is the job `shop`.
 * @param limits Of a scrape, as in a `scrape_config`. Default none.
 */
export async function startPrometheus(
  targets: string | Targets,
  ruleFiles: readonly string[] = [],
  replica = "a",
  limits: object = {},
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-prometheus-"));
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s", external_labels: { replica } },
    rule_files: ruleFiles,
    scrape_configs: scrapeConfigs(typeof targets === "string" ? { shop: targets } : targets, limits),
  };
  // Prometheus reads YAML, of which JSON is a part.
  await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
  const port = await freePort();
  const prometheus = await startProgram(
    process.env["PROMETHEUS_PATH"] ?? "prometheus",
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
      "--web.enable-remote-write-receiver",
    ],
    { ready: /Server is ready to receive web requests/ },
  );
  return {
    ...prometheus,
    ...openQueryApi(`http://127.0.0.1:${port}`),
    stop: async () => {
      await prometheus.stop();
      await rm(folder, { recursive: true });
    },
  };
}

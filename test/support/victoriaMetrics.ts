import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { freePort } from "./freePort.ts";
import { scrapeConfigs, type Targets } from "./prometheus.ts";
import { openQueryApi, type QueryApi } from "./queryApi.ts";
import { type Started, startProgram } from "./started.ts";

/** A real VictoriaMetrics that scrapes its targets every second. */
export interface RunningVictoriaMetrics extends Started, QueryApi {
  /** Stores everything that it knows of a job a second time, as if it had happened a week ago. */
  repeatLastWeek(job: string): Promise<void>;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Starts VictoriaMetrics with its data in an empty folder, on a free port of this machine only.
 *
 * @param ruleFiles Files of Prometheus' recording rules, which vmalert evaluates every second and stores beside the samples.
 */
export async function startVictoriaMetrics(
  targets: Targets,
  ruleFiles: readonly string[] = [],
): Promise<RunningVictoriaMetrics> {
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
  const address = `http://127.0.0.1:${port}`;
  const api = openQueryApi(address);
  const recording = ruleFiles.length > 0 ? await startVmalert(address, ruleFiles) : undefined;
  return {
    ...running,
    ...api,
    repeatLastWeek: (job) => repeatLastWeek(api, job),
    stop: async () => {
      await recording?.stop();
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts VictoriaMetrics' evaluator of rules, which reads from it and writes to it. */
async function startVmalert(address: string, ruleFiles: readonly string[]): Promise<Started> {
  return startProgram(
    process.env["VMALERT_PATH"] ?? "vmalert",
    [
      ...ruleFiles.map((file) => `-rule=${file}`),
      `-datasource.url=${address}`,
      `-remoteWrite.url=${address}`,
      "-remoteWrite.flushInterval=1s",
      "-evaluationInterval=1s",
      `-httpListenAddr=127.0.0.1:${await freePort()}`,
    ],
    { ready: /starting http server at/ },
  );
}

/** A line of `/api/v1/export`: one series. */
interface Exported {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (number | null)[];
  /** In Unix milliseconds. */
  readonly timestamps: readonly number[];
}

async function repeatLastWeek({ address, query }: QueryApi, job: string): Promise<void> {
  const match = encodeURIComponent(`{job="${job}"}`);
  const lines = (await (await fetch(`${address}/api/v1/export?match[]=${match}`)).text()).trim().split("\n");
  const earlier = lines.map((line) => {
    const { metric, values, timestamps } = JSON.parse(line) as Exported;
    // It exports the mark of a missed scrape as null, which it does not import.
    const samples = values.flatMap((value, index) => (value === null ? [] : [[value, timestamps[index]!]]));
    return JSON.stringify({
      metric,
      values: samples.map(([value]) => value),
      timestamps: samples.map(([, at]) => at! - WEEK_MS),
    });
  });
  const { ok } = await fetch(`${address}/api/v1/import`, { method: "POST", body: earlier.join("\n") });
  if (!ok) throw new Error("VictoriaMetrics did not import the samples of last week.");
  // What is stored can be read a moment later.
  await vi.waitFor(
    async () => {
      const known = await query(`count(last_over_time(up{job="${job}"}[1h] offset 1w))`);
      if (known.length === 0) throw new Error("The samples of last week are not there yet.");
    },
    { interval: 200, timeout: 100_000 },
  );
}

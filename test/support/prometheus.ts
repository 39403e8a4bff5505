import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { type Started, startProgram } from "./started.ts";

/** One series of an instant query. */
interface Result {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** A real Prometheus that scrapes one target every second. */
export interface RunningPrometheus extends Started {
  /** The address of its HTTP API: `http://127.0.0.1:9090`. */
  readonly address: string;
  /** Evaluates an expression now. */
  query(expression: string): Promise<Result[]>;
  /** The answer of its HTTP API below `/api/v1/`. */
  ask(path: string): Promise<unknown>;
}

/**
 * Starts Prometheus with its data in an empty folder, on a free port of this machine only. It scrapes the target as the
 * job `shop`. Replicas of other names scrape at other moments of a second.
 *
 * @param limits Of a scrape, as in a `scrape_config`. Default none.
 */
export async function startPrometheus(
  target: string,
  ruleFiles: readonly string[] = [],
  replica = "a",
  limits: object = {},
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-prometheus-"));
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s", external_labels: { replica } },
    rule_files: ruleFiles,
    scrape_configs: [{ job_name: "shop", ...limits, static_configs: [{ targets: [new URL(target).host] }] }],
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
    ],
    { ready: /Server is ready to receive web requests/ },
  );
  return {
    ...prometheus,
    address: `http://127.0.0.1:${port}`,
    query: (expression) => query(port, expression),
    ask: async (path) => (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json(),
    stop: async () => {
      await prometheus.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function query(port: number, expression: string): Promise<Result[]> {
  const response = await fetch(
    `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  const answer = (await response.json()) as {
    error?: string;
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (!answer.data) throw new Error(`Prometheus refuses "${expression}": ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The files of infra/, read by the programs that they are for. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeMetrics } from "@rumkit/server";
import { Ajv } from "ajv";
import { DEFAULT_SETTINGS, renderRules } from "rumkit/generate";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "./catalog.ts";

const INFRA = join(import.meta.dirname, "infra");
const read = (file: string): Promise<string> => readFile(join(INFRA, file), "utf8");
const run = async (program: string, ...args: string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(program, args);
  return stdout + stderr;
};
const PROMTOOL = process.env["PROMTOOL_PATH"] ?? "promtool";
const AMTOOL = process.env["AMTOOL_PATH"] ?? "amtool";

interface Board {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly targets: readonly { readonly expr: string }[];
    readonly options: { readonly color?: object };
    readonly fieldConfig: {
      readonly defaults: { readonly thresholds: { readonly steps: readonly object[] } };
    };
  }[];
}

async function renderedRules(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clips-rules-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "clips.yaml");
  await writeFile(file, renderRules(describeMetrics(catalog), { ...catalog, settings: DEFAULT_SETTINGS }));
  return file;
}

test("promtool accepts the scrape configuration: 10 s for clips, 15 s for Prometheus itself", async () => {
  expect(
    await run(PROMTOOL, "check", "config", "--syntax-only", join(INFRA, "prometheus/prometheus.yml")),
  ).toContain("SUCCESS");
  const text = await read("prometheus/prometheus.yml");
  expect(text).toMatch(/scrape_interval: 15s[\s\S]*job_name: clips\n\s+scrape_interval: 10s/);
  expect(await read("compose.yaml")).toContain("--storage.tsdb.retention.time=200h");
});

test("promtool accepts the rules of the catalog, which have each alert of the document that there are data for", async () => {
  const file = await renderedRules();
  expect(await run(PROMTOOL, "check", "rules", file)).toContain("SUCCESS");
  const names = new Set(
    [...(await readFile(file, "utf8")).matchAll(/alert: "?(\w+)/g)].map(([, name]) => name),
  );
  for (const name of [
    "ApiErrorRateHigh",
    "CollectorAbsent",
    "CollectorDown",
    "HighErrorRate",
    "HighJobLatency",
    "JobQueueHigh",
    "QueueDepthCritical",
    "RedisDown",
    "WorkerNotProcessing",
  ])
    expect(names).toContain(`Clips${name}`);
});

test("every alert that Alertmanager mutes or mutes by is one of the rules", async () => {
  const rules = await readFile(await renderedRules(), "utf8");
  const text = await read("alertmanager/alertmanager.yml");
  const patterns = [...text.matchAll(/alertname=~?"([^"]+)"/g)].map(([, pattern]) => pattern!);
  expect(patterns.length).toBeGreaterThan(4);
  for (const pattern of patterns) {
    const [, before, alternatives] = /^(\w+)(?:\((.+)\))?$/.exec(pattern)!;
    for (const end of (alternatives ?? "").split("|"))
      expect(rules).toMatch(new RegExp(`alert: "?${before}${end}"?\\n`));
  }
});

test("amtool accepts Alertmanager's configuration, and its routes lead critical alerts to people on call", async () => {
  const file = join(INFRA, "alertmanager/alertmanager.yml");
  expect(await run(AMTOOL, "check-config", file)).toContain("SUCCESS");
  const route = (severity: string): Promise<string> =>
    run(AMTOOL, "config", "routes", "test", `--config.file=${file}`, `severity=${severity}`, "alertname=X");
  expect(await route("critical")).toContain("on-call");
  expect(await route("warning")).toContain("team");
  expect(await route("info")).toContain("none");
  // Secrets are in files.
  expect(await read("alertmanager/alertmanager.yml")).not.toMatch(/hooks\.slack|password: /);
});

test("the board is one that Grafana accepts, with four panels and their limits", async () => {
  const schema = JSON.parse(
    await readFile(join(import.meta.dirname, "../../test/support/grafana/classic.schema.json"), "utf8"),
  ) as object;
  const board = JSON.parse(await read("grafana/dashboards/clip-overview.json")) as Board;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  expect(validate(board) ? [] : validate.errors).toEqual([]);
  expect(board).toMatchObject({
    title: "Clip Overview",
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
  });
  // Grafana 10 knows a dark theme of people, not of a board.
  expect(await read("compose.yaml")).toContain("GF_USERS_DEFAULT_THEME: dark");
  const limits = board.panels.map(({ title, type, fieldConfig }) => [
    title,
    type,
    fieldConfig.defaults.thresholds.steps[1],
  ]);
  expect(limits).toEqual([
    ["Jobs In Flight", "timeseries", { value: 80, color: "red" }],
    ["Jobs Queued Rate", "gauge", { value: 15, color: "red" }],
    ["Job Latency", "heatmap", undefined],
    ["Error Rate", "timeseries", { value: 0.05, color: "red" }],
  ]);
  expect(board.panels[2]!.options.color).toMatchObject({ scheme: "Spectral", steps: 64 });
});

test("Grafana finds the board and the data source in the provisioned files", async () => {
  const folder = /path: (\S+)/.exec(await read("grafana/provisioning/dashboards/default.yml"))![1];
  expect(await read("compose.yaml")).toContain(`./grafana/dashboards:${folder}:ro`);
  const uid = /uid: (\S+)/.exec(await read("grafana/provisioning/datasources/prometheus.yml"))![1];
  const board = await read("grafana/dashboards/clip-overview.json");
  expect(new Set([...board.matchAll(/"uid": "(prom\w+)"/g)].map(([, name]) => name))).toEqual(new Set([uid]));
});

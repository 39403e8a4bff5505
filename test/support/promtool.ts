import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** From Debian's package `prometheus`; PROMTOOL_PATH names another one. */
const PROMTOOL = process.env["PROMTOOL_PATH"] ?? "promtool";

/** Series by their PromQL name; a value such as `0+2x60` is a sample a minute that grows by 2 for an hour. */
export type SeriesByName = Readonly<Record<string, string>>;

/** The expected state of an alert at a moment. */
export interface Expectation {
  readonly alert: string;
  readonly at: string;
  /** The alert's labels and annotations; none where it stays quiet. */
  readonly fires?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/** Runs promtool in an empty folder with one file; rejects with what it says where it fails. */
export async function promtool(
  command: readonly string[],
  name: string,
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-promtool-"));
  try {
    for (const [file, content] of Object.entries({ ...others, [name]: text })) {
      await writeFile(join(folder, file), content);
    }
    return await new Promise((resolve, reject) => {
      execFile(PROMTOOL, [...command, name], { cwd: folder }, (error, stdout, stderr) =>
        error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Series, and what alerts should do over them. */
export interface AlertTest {
  readonly name: string;
  readonly series: SeriesByName;
  readonly expectations: readonly Expectation[];
}

/** Runs rules over series in Prometheus' own engine; rejects with the differences, each with its test's name. */
export function evaluateAlerts(rules: string, tests: readonly AlertTest[]): Promise<string> {
  const groups = tests.map(({ name, series, expectations }) => ({
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    alert_rule_test: expectations.map(({ alert, at, fires }) => ({
      eval_time: at,
      alertname: alert,
      exp_alerts: fires ? [{ exp_labels: fires.labels, exp_annotations: fires.annotations }] : [],
    })),
  }));
  const text = JSON.stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: groups });
  return promtool(["test", "rules"], "test.yaml", text, { "rules.yaml": rules });
}

/** A query of the board as Grafana sends it: of one job and all its instances, over the last windows. */
export function withVariables(
  expression: string,
  { job = "shop", range = "30m", interval = "1m" } = {},
): string {
  return expression
    .replaceAll("$job", job)
    .replaceAll("$instance", ".+")
    .replaceAll("$__rate_interval", interval)
    .replaceAll("$__range", range)
    .replaceAll(/\$\w+/g, ".*");
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderOpenApi } from "@rumkit/server";
import { renderRulesTable } from "../packages/cli/src/lint/rules.ts";
import { renderCosts, renderPlan, renderSimulation } from "../bench/scaling/tables.ts";
import { renderSettingsTable } from "../packages/cli/src/serve/renderSettings.ts";
import { renderContents } from "../site/machineFiles.ts";
import { renderCostTable } from "./costTable.ts";
import { renderMessages } from "./messages.ts";
import { kubernetesFiles } from "./kubernetes/manifests.ts";
import { renderProtocolTables, replaceTables } from "./protocolTables.ts";

/**
 * Writes the committed files that come from code: dashboards, rules and the metrics' reference from the shop's
 * catalog, the OpenAPI document and the tables of docs/protocol.md from the protocol, the
 * tables of docs/serve.md and docs/lint.md from the settings and the rules, the contents of docs/README.md from the
 * sidebar of the site, the messages of docs/messages.md from the sources. `--check` compares instead. Runs
 * on what `npm run build` built.
 */
const ROOT = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const result = spawnSync(
  process.execPath,
  [
    "packages/cli/dist/bin/rumkit.js",
    "generate",
    "examples/shop/catalog.ts",
    "--out=deploy/generated",
    "--docs=docs/metrics.md",
    "--grafana-alerting",
    "--kubernetes",
    // As deploy/prometheus.yml calls it.
    "--postgres-job=postgres",
    ...args,
  ],
  { cwd: ROOT, stdio: "inherit" },
);
if (result.error) throw result.error;
process.exitCode = result.status ?? 1;

const readDoc = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");
const files: readonly (readonly [name: string, text: string])[] = [
  ["docs/openapi.json", await renderOpenApi()],
  ["docs/README.md", replaceTables(readDoc("README.md"), { contents: renderContents })],
  ["docs/cost.md", replaceTables(readDoc("cost.md"), { "cost table": renderCostTable })],
  ["docs/messages.md", replaceTables(readDoc("messages.md"), { messages: renderMessages })],
  ["docs/protocol.md", renderProtocolTables(readDoc("protocol.md"))],
  ["docs/lint.md", replaceTables(readDoc("lint.md"), { rules: renderRulesTable })],
  [
    "docs/scaling.md",
    replaceTables(readDoc("scaling.md"), {
      costs: renderCosts,
      plan: renderPlan,
      simulation: renderSimulation,
    }),
  ],
  ["docs/serve.md", replaceTables(readDoc("serve.md"), { settings: renderSettingsTable })],
];
for (const [name, text] of [...files, ...kubernetesFiles()]) {
  const file = join(ROOT, name);
  if (!args.includes("--check")) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`[rumkit] ${name} is stale. Run without --check.`);
    process.exitCode = 1;
  }
}

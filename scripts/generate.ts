import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderOpenApi } from "@rumkit/server";

/**
 * Writes the committed files that come from code: dashboards, rules and the metrics' reference from the shop's
 * catalog, and the OpenAPI document from the schemas. `--check` compares instead. Runs on what
 * `npm run build` built.
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
    ...args,
  ],
  { cwd: ROOT, stdio: "inherit" },
);
if (result.error) throw result.error;
process.exitCode = result.status ?? 1;

const file = join(ROOT, "docs/openapi.json");
if (!args.includes("--check")) writeFileSync(file, renderOpenApi());
else if (readFileSync(file, "utf8") !== renderOpenApi()) {
  console.error("[rumkit] docs/openapi.json is stale. Run without --check.");
  process.exitCode = 1;
}

import { spawnSync } from "node:child_process";

/**
 * Writes the committed files that come from the shop's catalogue: dashboards, rules and the metrics'
 * reference. `--check` compares instead. Runs on what `npm run build` built.
 */
const result = spawnSync(
  process.execPath,
  [
    "packages/server/dist/cli.js",
    "generate",
    "examples/shop/catalog.ts",
    "--out=deploy/generated",
    "--docs=docs/metrics.md",
    ...process.argv.slice(2),
  ],
  { cwd: `${import.meta.dirname}/..`, stdio: "inherit" },
);
if (result.error) throw result.error;
process.exitCode = result.status ?? 1;

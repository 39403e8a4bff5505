/** `npm test`: builds, checks, and runs every test; the last line says how many passed and failed. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.ts";
import { check } from "./check.ts";
import { ROOT, tryRun } from "./steps.ts";
import { provideBlockers, provideEngines, provideSoftware, provideTracer } from "./systemSoftware.ts";

const missingSoftware = await provideSoftware();
const missing = [
  ...missingSoftware,
  ...(await provideEngines()),
  ...(await provideBlockers()),
  ...(await provideTracer()),
];
for (const sentence of missing) console.error(sentence);
if (missing.length > 0 && process.env["CI"] === "true") process.exit(1);

await build();
await check();
// Without Chromium or Prometheus the rest is still worth running; what is left out was said above.
const projects =
  missingSoftware.length === 0
    ? []
    : ["node", "replacing", "functions", "dom", "types"].flatMap((name) => ["--project", name]);
const REPORT = join(ROOT, ".tmp/vitest.json");
// An old report would pass for this run's if the runner crashed.
rmSync(REPORT, { force: true });
const code = await tryRun("tests", "vitest", ["run", ...projects]);

const report = JSON.parse(readFileSync(REPORT, "utf8")) as {
  numPassedTests: number;
  numFailedTests: number;
};
for (const sentence of missing) console.error(`Left out: ${sentence}`);
console.log(`\nTests: ${report.numPassedTests} passed, ${report.numFailedTests} failed`);
process.exit(code);

/**
 * `npm run truth -- 20`: runs the truth test so many times in a row and stops at the first failure.
 * `npm run truth -- kills 100`: kills a collector so many times under load, and compares it with the ledger.
 * `npm run truth -- increases 20`: two Prometheus over a restart, an idle end and a deploy, with so many rounds of
 * traffic between them.
 */
import { run } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

const [what = "20", times] = process.argv.slice(2);
if (what === "kills") await killCollector(times ?? "100");
else if (what === "increases") await compareIncreases(times ?? "20");
else await repeatTruth(Number(what));

async function killCollector(kills: string): Promise<void> {
  process.env["KILLS"] = kills;
  await run(`${kills} kills`, "vitest", ["run", "--project", "e2e", "test/e2e/kills.test.ts"]);
}

async function compareIncreases(rounds: string): Promise<void> {
  process.env["ROUNDS"] = rounds;
  const file = "test/e2e/increases.test.ts";
  await run(`${rounds} rounds`, "vitest", ["run", "--project", "e2e", file]);
}

async function repeatTruth(rounds: number): Promise<void> {
  const missing = await provideSoftware();
  for (const sentence of missing) console.error(sentence);
  if (missing.length > 0) process.exit(1);
  for (let round = 1; round <= rounds; round += 1) {
    await run(`truth test, ${round} of ${rounds}`, "vitest", [
      "run",
      "--project",
      "e2e",
      "test/e2e/truth.test.ts",
    ]);
  }
  console.log(`\nThe truth test passed ${rounds} times in a row.`);
}

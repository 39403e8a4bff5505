/**
 * `npm run truth -- 20`: runs the truth test so many times in a row and stops at the first failure.
 * `npm run truth -- kills 100`: kills a collector so many times under load, and compares it with the ledger.
 */
import { run } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

const [what = "20", times = "100"] = process.argv.slice(2);
if (what === "kills") await killCollector(times);
else await repeatTruth(Number(what));

async function killCollector(kills: string): Promise<void> {
  process.env["KILLS"] = kills;
  await run(`${kills} kills`, "vitest", ["run", "--project", "e2e", "test/e2e/kills.test.ts"]);
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

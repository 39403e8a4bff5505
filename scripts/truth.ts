/** `npm run truth -- 20`: runs the truth test so many times in a row and stops at the first failure. */
import { run } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

const times = Number(process.argv[2] ?? 20);
const missing = await provideSoftware();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);
for (let time = 1; time <= times; time += 1) {
  await run(`truth test, ${time} of ${times}`, "vitest", [
    "run",
    "--project",
    "e2e",
    "test/e2e/truth.test.ts",
  ]);
}
console.log(`\nThe truth test passed ${times} times in a row.`);

/**
 * `npm run test:busy`: the tests in browsers, beside two processes that take all the time of two cores.
 * `npm run test:pinned`: the same tests on one core. Both take a path or any option of Vitest: `-- test/e2e/wire.test.ts`.
 */
import { spawn } from "node:child_process";
import { tryRun } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

/** A loop that ends with this process, however this process ends. */
const LOOP = "const parent = process.ppid; while (process.ppid === parent);";

const [how, ...options] = process.argv.slice(2);
const vitest = ["vitest", "run", "--project", "e2e", ...options];

const missing = await provideSoftware();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

if (how === "pinned") {
  process.exitCode = await tryRun("tests on one core", "taskset", ["-c", "0", ...vitest]);
} else {
  const loops = [1, 2].map(() => spawn(process.execPath, ["-e", LOOP], { stdio: "ignore" }));
  const [program = "", ...args] = vitest;
  process.exitCode = await tryRun("tests beside two busy processes", program, args);
  for (const loop of loops) loop.kill();
}

/**
 * `npm run faults -- 2000`: sends so many batches through a network that breaks them at random.
 * `npm run faults -- attack`: invents fifty thousand paths and ten million names, ids and sessions.
 * `npm run faults -- fuzz 1000000`: sends so many inputs that are nearly right to the built collector.
 * `npm run faults -- hostile 1000`: repeats each hostile case so often; how soon it is answered, and what it leaves.
 */
import { run } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

const [first = "2000", second] = process.argv.slice(2);
if (first === "fuzz") {
  process.env["FUZZ_INPUTS"] = second ?? "1000000";
  await run("fuzz", "vitest", ["run", "--project", "e2e", "test/e2e/hostile.test.ts"]);
} else if (first === "hostile") {
  await run("hostile", process.execPath, ["test/support/hostile/repeatCases.ts", second ?? "1000"]);
} else if (first === "attack") {
  process.env["ATTACK_PATHS"] = "50000";
  process.env["ATTACK_VALUES"] = "10000000";
  await run("attack", "vitest", ["run", "--project", "e2e", "test/e2e/attack.test.ts"]);
} else {
  const missing = await provideSoftware();
  for (const sentence of missing) console.error(sentence);
  if (missing.length > 0) process.exit(1);
  process.env["FAULT_TRIALS"] = first;
  await run("faults", "vitest", ["run", "--project", "e2e", "test/e2e/faults.test.ts"]);
}

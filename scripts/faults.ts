/** `npm run faults -- 2000`: sends so many batches through a network that breaks them at random. */
import { run } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

const missing = await provideSoftware();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);
process.env["FAULT_TRIALS"] = process.argv[2] ?? "2000";
await run("faults", "vitest", ["run", "--project", "e2e", "test/e2e/faults.test.ts"]);

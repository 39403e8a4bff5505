/** Builds everything and starts the example shop with its collector: one process, one port. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "./build.ts";
import { ROOT } from "./steps.ts";

await build();
console.log();
const shop = spawn(process.execPath, ["server.ts", ...process.argv.slice(2)], {
  cwd: join(ROOT, "examples/shop"),
  stdio: "inherit",
});
// Ctrl-C reaches the shop as well as us; we only wait until it has finished.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => shop.kill(signal));
shop.on("exit", (code) => process.exit(code ?? 1));

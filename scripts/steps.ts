import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The root of the repository: every step runs from here. */
export const ROOT = join(import.meta.dirname, "..");

/** For `npx`: the version that the lock file is made with, as in the script `install:all`. */
export const PNPM = ["--yes", "pnpm@12.21.0"];

/** Runs a program with our terminal, and ends this process with its code where it fails. */
export async function run(
  title: string,
  program: string,
  args: readonly string[],
  cwd = ROOT,
): Promise<void> {
  const code = await tryRun(title, program, args, cwd);
  if (code === 0) return;
  console.error(`\n${title} failed: ${program} ${args.join(" ")}`);
  process.exit(code);
}

/** Runs a program with our terminal, says how long it took, and returns its exit code. */
export async function tryRun(
  title: string,
  program: string,
  args: readonly string[],
  cwd = ROOT,
): Promise<number> {
  console.log(`\n— ${title}`);
  const start = performance.now();
  const child = spawn(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  console.log(`  ${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return code ?? 1;
}

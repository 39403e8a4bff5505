import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BLOCKERS, ENGINES, PARSER, SOFTWARE, type Software, TRACER, WEBP } from "./softwareLists.ts";
import { tryRun } from "./steps.ts";

/**
 * Finds what the tests in Chromium and with Prometheus need, installs it where that is possible (as root on
 * Debian; it says before what for), and puts the paths into the environment. Returns what is still missing, in words that say what to do.
 */
export function provideSoftware(): Promise<string[]> {
  return provide([...SOFTWARE, ...PARSER]);
}

/** Does the same for the tracer of system calls. */
export function provideTracer(): Promise<string[]> {
  return provide(TRACER);
}

/** Does the same for Chromium and what writes pictures. */
export function providePictures(): Promise<string[]> {
  return provide([...SOFTWARE.filter(({ variable }) => variable === "CHROMIUM_PATH"), ...WEBP]);
}

/** Does the same for the pictures of Grafana's boards, which are of a real Prometheus. */
export function provideBoardPictures(): Promise<string[]> {
  const needed = ["CHROMIUM_PATH", "PROMETHEUS_PATH"];
  return provide([...SOFTWARE.filter(({ variable }) => needed.includes(variable)), ...WEBP]);
}

/** Does the same for the blockers. */
export function provideBlockers(): Promise<string[]> {
  return provide(BLOCKERS);
}

/** Does the same for the other engines, and puts the names of those that cannot run into `LEFT_OUT_ENGINES`. */
export async function provideEngines(): Promise<string[]> {
  const missing = await provide(Object.values(ENGINES).flat());
  process.env["LEFT_OUT_ENGINES"] = leftOutEngines();
  return missing;
}

/**
 * Puts the paths of what is there into the environment, and installs nothing: for tests that are started one by one,
 * without `npm test`.
 */
export function findSoftware(): void {
  for (const software of [...SOFTWARE, ...PARSER, ...TRACER, ...BLOCKERS]) find(software);
  process.env["LEFT_OUT_ENGINES"] ??= leftOutEngines();
}

function leftOutEngines(): string {
  return Object.keys(ENGINES)
    .filter((name) => !ENGINES[name]!.map(find).every(Boolean))
    .join();
}

async function provide(wanted: readonly Software[]): Promise<string[]> {
  const missing = wanted.filter((software) => !find(software));
  if (missing.length > 0 && canInstall()) {
    const packages = [...new Set(missing.map((software) => software.debianPackage))];
    console.log(`\nInstalling Debian packages that the tests need: ${packages.join(" ")}`);
    for (const { debianPackage, reason } of missing) console.log(`  ${debianPackage}: ${reason}`);
    await tryRun("apt-get update", "apt-get", ["update", "-qq"]);
    await tryRun("apt-get install", "apt-get", [
      "install",
      "-y",
      "-qq",
      "--no-install-recommends",
      ...packages,
    ]);
  }
  return missing
    .filter((software) => !find(software))
    .map(
      ({ name, variable, programs, debianPackage }) =>
        `${name} is missing. Install it (Debian: apt-get install ${debianPackage}), put ${programs[0]} on the path, or set ${variable}.`,
    );
}

function find({ variable, programs, folders: more = () => [] }: Software): boolean {
  const named = process.env[variable];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...more()];
  const path =
    named ?? folders.flatMap((folder) => programs.map((program) => join(folder, program))).find(existsSync);
  if (path === undefined || !existsSync(path)) return false;
  process.env[variable] = path;
  return true;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

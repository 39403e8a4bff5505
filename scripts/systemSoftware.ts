import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { tryRun } from "./steps.ts";

/** A program that the full test suite needs and npm does not bring. */
interface Software {
  readonly name: string;
  /** Names it. Set for the tests once it is found. */
  readonly variable: string;
  /** What it may be called on the path. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
}

const SOFTWARE: readonly Software[] = [
  {
    name: "Chromium or Chrome",
    variable: "CHROMIUM_PATH",
    programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    debianPackage: "chromium",
  },
  { name: "Prometheus", variable: "PROMETHEUS_PATH", programs: ["prometheus"], debianPackage: "prometheus" },
  { name: "promtool", variable: "PROMTOOL_PATH", programs: ["promtool"], debianPackage: "prometheus" },
];

/**
 * Finds what the browser and Prometheus tests need, installs it where that is possible (as root on Debian),
 * and puts the paths into the environment. Returns what is still missing, in words that say what to do.
 */
export async function provideSoftware(): Promise<string[]> {
  const missing = SOFTWARE.filter((software) => !find(software));
  if (missing.length > 0 && canInstall()) {
    await tryRun("apt-get update", "apt-get", ["update", "-qq"]);
    const packages = [...new Set(missing.map((software) => software.debianPackage))];
    await tryRun("apt-get install", "apt-get", [
      "install",
      "-y",
      "-qq",
      "--no-install-recommends",
      ...packages,
    ]);
  }
  return SOFTWARE.filter((software) => !find(software)).map(
    ({ name, variable, programs, debianPackage }) =>
      `${name} is missing. Install it (Debian: apt-get install ${debianPackage}), put ${programs[0]} on the path, or set ${variable}.`,
  );
}

function find({ variable, programs }: Software): boolean {
  const named = process.env[variable];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const path =
    named ?? folders.flatMap((folder) => programs.map((program) => join(folder, program))).find(existsSync);
  if (path === undefined || !existsSync(path)) return false;
  process.env[variable] = path;
  return true;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

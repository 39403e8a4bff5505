/** Everything that needs no test runner: types, lint, format, unused code, the packages as npm would ship them. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNPM, ROOT, run } from "./steps.ts";

export async function check(): Promise<void> {
  await run("types", "tsc", ["-p", "."]);
  await run("lint", "oxlint", ["--type-aware", "--deny-warnings"]);
  await run("rooms", process.execPath, ["scripts/rooms.ts"]);
  await run("prose", process.execPath, ["scripts/prose.ts"]);
  await run("format", "oxfmt", ["--check", "."]);
  await run("unused code", "knip", ["--treat-config-hints-as-errors"]);
  for (const name of ["protocol", "browser", "react"]) await checkPackage(join(ROOT, "packages", name), []);
  for (const name of ["client", "server", "cli"])
    await checkPackage(join(ROOT, "packages", name), ["--profile", "esm-only"]);
}

/** Packs a package as npm would and looks at the archive: missing files, wrong exports, wrong types. */
async function checkPackage(folder: string, profile: readonly string[]): Promise<void> {
  const packed = mkdtempSync(join(tmpdir(), "rumkit-pack-"));
  await run(
    `pack ${folder.slice(ROOT.length + 1)}`,
    "npx",
    [...PNPM, "pack", "--pack-destination", packed],
    folder,
  );
  const archive = join(packed, readdirSync(packed)[0]!);
  await run("publint", "publint", [archive, "--strict"]);
  await run("attw", "attw", [archive, ...profile, "--format", "ascii", "--no-emoji"]);
  rmSync(packed, { recursive: true });
}

if (import.meta.main) await check();

/** Builds every package in the order of their imports, then the two pages, and puts one into the server. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { embed } from "./embed.ts";
import { ROOT, run } from "./steps.ts";

export async function build(): Promise<void> {
  for (const folder of [...LIBRARIES.flat(), "examples/shop"])
    rmSync(join(ROOT, folder, "dist"), { recursive: true, force: true });
  for (const folders of LIBRARIES) {
    await Promise.all(folders.map((folder) => run(`build ${folder}`, "tsc", ["-p", folder])));
  }
  for (const folder of PAGES)
    await run(`build ${folder}`, "vite", ["build", "--logLevel", "warn"], join(ROOT, folder));
  await embed();
}

/** What stands in one row imports only from the rows before it. */
const LIBRARIES = [["packages/protocol"], ["packages/browser", "packages/server"], ["packages/react"]];

/** The live page is built into the server's package, which ships it. */
const PAGES = ["packages/dashboard", "examples/shop"];

if (import.meta.main) await build();

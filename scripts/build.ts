/**
 * Builds every package in the order of their imports, the page's also for CommonJS, then the two pages, and puts the server
 * into a few files.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleServer } from "./bundleServer.ts";
import { ROOT, run } from "./steps.ts";

export async function build(): Promise<void> {
  for (const folder of [...LIBRARIES.flat(), "examples/shop"])
    rmSync(join(ROOT, folder, "dist"), { recursive: true, force: true });
  for (const folders of LIBRARIES) {
    await Promise.all(folders.map((folder) => run(`build ${folder}`, "tsc", ["-p", folder])));
  }
  // One after the other: each reads the declarations that the one before it has written.
  for (const folder of COMMON_JS) await buildCommonJs(folder);
  for (const folder of PAGES)
    await run(`build ${folder}`, "vite", ["build", "--logLevel", "warn"], join(ROOT, folder));
  // In another process: Vite sets NODE_ENV for everything that this one starts later, the tests among it.
  await run("embed threads and live page", process.execPath, ["scripts/embed.ts"]);
  await bundleServer();
}

/** Packages in one row import only from the rows before it. */
const LIBRARIES = [
  ["packages/protocol"],
  ["packages/browser", "packages/client"],
  ["packages/react", "packages/server"],
  ["packages/cli"],
];

/** Packages that run in pages: Jest loads it as CommonJS, webpack 4 and `moduleResolution: node10` know no `exports`. */
const COMMON_JS = ["packages/protocol", "packages/browser", "packages/react"];

/** For tools that old, in the syntax that they know: webpack 4 reads ES2019. */
async function buildCommonJs(folder: string): Promise<void> {
  const outDir = join(folder, "dist/cjs");
  const modules = [
    "--module",
    "commonjs",
    "--moduleResolution",
    "bundler",
    "--verbatimModuleSyntax",
    "false",
  ];
  const smaller = ["--target", "es2019", "--sourceMap", "false", "--declarationMap", "false"];
  await run(`build ${folder} for CommonJS`, "tsc", [
    "-p",
    folder,
    "--outDir",
    outDir,
    ...modules,
    ...smaller,
  ]);
  writeFileSync(join(ROOT, outDir, "package.json"), '{ "type": "commonjs" }\n');
}

/** The live page is built into the server's package, which ships it. */
const PAGES = ["packages/live-page", "examples/shop"];

if (import.meta.main) await build();

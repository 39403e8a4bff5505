/**
 * Puts the server's modules into a few files, because Node.js takes some 0.4 ms of CPU for each file that it loads:
 * `npm run bench -- import` measures it. The entries keep their names, and declarations stay as they are.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./steps.ts";

const SERVER = join(ROOT, "packages/server");

export async function bundleServer(): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: SERVER,
    entryPoints: entriesOf(join(SERVER, "package.json")),
    outbase: "dist",
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    // What several entries share exists once: classes for `instanceof`, and tables by server or collector.
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: "warning",
  });
  for (const file of globSync("dist/**/*.js{,.map}", {
    cwd: SERVER,
    exclude: ["dist/page/**", "dist/script/rum.js"],
  }))
    rmSync(join(SERVER, file));
  for (const { path, contents, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith(".map") ? withGeneratedSources(path, text) : contents);
  }
}

/** Bundlers warn about a source that is not there, and what the build embeds (the threads, the live page) has none. */
function withGeneratedSources(path: string, text: string): string {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  const sourcesContent = map.sources.map((source) =>
    existsSync(join(dirname(path), source)) ? null : "// Written by the build.",
  );
  return JSON.stringify({ ...map, sourcesContent });
}

/** The modules that can be imported from the package. */
function entriesOf(manifest: string): string[] {
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as {
    exports: Record<string, string | { readonly default: string }>;
  };
  return Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : entry.default));
}

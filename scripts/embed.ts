/**
 * Puts into modules of the server what a bundler would leave behind: the code of its threads, the live page, and the
 * page's client for `<script src>`.
 *
 * A bundler copies modules. It does not see that a file is started as a thread or read from a folder, so a server
 * that is bundled into one file would lose them.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { readFolder } from "../packages/server/src/live/pageFiles.ts";
import { ROOT } from "./steps.ts";

const SERVER = join(ROOT, "packages/server");

/** The modules of `dist` that hold a thread as text, and the threads. */
const THREADS = [
  { module: "journal/journalThreadCode", name: "journalThreadCode", thread: "journal/journalThread" },
  { module: "sourceMaps/resolveThreadCode", name: "resolveThreadCode", thread: "sourceMaps/resolveThread" },
];

async function embed(): Promise<void> {
  for (const { module, name, thread } of THREADS)
    replace(module, `export const ${name} = ${JSON.stringify(await bundleThread(thread))};\n`);
  const files = readFolder(join(SERVER, "dist/page"));
  const script = await bundleScript();
  mkdirSync(join(SERVER, "dist/script"), { recursive: true });
  writeFileSync(join(SERVER, "dist/script/rum.js"), script);
  replace("script/scriptFile", `export const scriptFile = ${JSON.stringify(script)};\n`);
  replace("live/pageFiles", `export const pageFiles = new Map(${JSON.stringify(files)});\n`);
}

/** One CommonJS script, which is what `new Worker(code, { eval: true })` takes. */
async function bundleThread(thread: string): Promise<string> {
  const built = await build({
    configFile: false,
    root: SERVER,
    logLevel: "warn",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: join(SERVER, "dist", `${thread}.js`),
      write: false,
      minify: false,
      rolldownOptions: { output: { format: "cjs" } },
    },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [chunk] = outputs;
  if (outputs.length !== 1 || chunk?.type !== "chunk") throw new Error(`${thread} is not one script.`);
  return chunk.code;
}

/** The page's client as one script, for `<script src>`: it leaves `window.rumkit` and no other name. */
async function bundleScript(): Promise<string> {
  const folder = join(ROOT, "packages/browser");
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: "warn",
    resolve: { conditions: ["@rumkit/source", "module", "browser", "production"] },
    build: {
      write: false,
      minify: true,
      // What is newer than ES2021 are class fields, which every browser of docs/page.md has.
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: join(folder, "src/start/scriptTag.ts"), output: { format: "iife" } },
    },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [chunk] = outputs;
  if (outputs.length !== 1 || chunk?.type !== "chunk") throw new Error("rum.js is not one script.");
  return chunk.code;
}

/** Its types stay; its source map would be wrong. */
function replace(module: string, code: string): void {
  writeFileSync(join(SERVER, "dist", `${module}.js`), code);
  rmSync(join(SERVER, "dist", `${module}.js.map`), { force: true });
}

await embed();

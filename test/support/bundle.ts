import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { SCRIPT_FILE } from "./pageEntries.ts";

const ROOT = join(import.meta.dirname, "../..");

// Vite asks the environment what a production build is, and Vitest has said "test": JSX would be development's.
Object.assign(process.env, { NODE_ENV: "production" });

export interface BundleOptions {
  /** The folder from which imports are resolved. Default: the repository, with the packages as they are written. */
  readonly resolveDir?: string;
  /** Modules that the page has already, and the bundle leaves out. Default: nothing. */
  readonly external?: readonly (string | RegExp)[];
  /** `es` (default) keeps what the code exports; `iife` is one script without imports and exports. */
  readonly format?: "es" | "iife";
}

/** The files that a page loads at its start: the entry, and the chunks that the entry cannot run without. */
export interface Bundle {
  readonly text: string;
  /** Every file that left a character in it. */
  readonly files: readonly string[];
  /** Bytes. Compressed at the highest level, each chunk for itself, as it travels. */
  readonly sizes: { minified: number; gzip: number; brotli: number };
}

/** Bundles the code of a page (TypeScript) with Vite's production build as it comes: minified, for today's browsers. */
export async function bundle(code: string, options: BundleOptions = {}): Promise<Bundle> {
  const { resolveDir = ROOT, external = [], format = "es" } = options;
  const entry = join(resolveDir, "pageEntry.ts");
  const { output } = (await build({
    configFile: false,
    logLevel: "silent",
    root: resolveDir,
    plugins: [
      {
        name: "page-entry",
        enforce: "pre",
        // `/rum.js` is made from a file that a page's bundle leaves out: its package says that no file does something.
        resolveId: (id) =>
          id === entry ? id : id === SCRIPT_FILE ? { id, moduleSideEffects: true } : undefined,
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    resolve: { conditions: ["@rumkit/source", "module", "browser", "production"] },
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        external: [...external],
        preserveEntrySignatures: "strict",
        output: { format },
      },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = chunksOfStart(output.filter((file) => file.type === "chunk"));
  const sum = (size: (bytes: Buffer) => number): number =>
    chunks.reduce((total, chunk) => total + size(Buffer.from(chunk.code)), 0);
  return {
    text: chunks.map((chunk) => chunk.code).join("\n"),
    files: chunks.flatMap(({ modules }) =>
      Object.keys(modules).filter((file) => modules[file]!.renderedLength > 0),
    ),
    sizes: {
      minified: sum((bytes) => bytes.length),
      gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length),
      // Brotli takes a byte to say that there is nothing.
      brotli: sum((bytes) => (bytes.length === 0 ? 0 : brotliCompressSync(bytes).length)),
    },
  };
}

/** The entry and all that it imports, but nothing that it fetches later by `import()`. */
function chunksOfStart(chunks: readonly Rolldown.OutputChunk[]): readonly Rolldown.OutputChunk[] {
  const names = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of names) {
    for (const next of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) names.add(next);
  }
  return chunks.filter(({ fileName }) => names.has(fileName));
}

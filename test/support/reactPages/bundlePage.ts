import { join, parse } from "node:path";
import { build, type Plugin } from "esbuild";

/** The packages that a page is built with: the name that it imports to the one that is installed. */
export type Versions = Readonly<Record<string, { readonly name: string; readonly from: string }>>;

/** Bundles one of the pages of this folder, with the versions of packages that it is to run on. */
export async function bundlePage(
  page: string,
  mode: "development" | "production",
  versions: Versions = {},
): Promise<string> {
  return (await bundlePages([page], mode, versions)).get(page)!;
}

/**
 * Bundles pages of this folder, each for itself, and reads the packages that they share once. Returns the code by the name
 * of the page.
 */
export async function bundlePages(
  pages: readonly string[],
  mode: "development" | "production",
  versions: Versions = {},
): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: pages.map((page) => join(import.meta.dirname, page)),
    // Nothing is written: it only names the outputs.
    outdir: import.meta.dirname,
    bundle: true,
    write: false,
    jsx: "automatic",
    jsxDev: mode === "development",
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    plugins: [replaceVersions(versions)],
  });
  const codes = new Map(outputFiles.map(({ path, text }) => [parse(path).name, text]));
  return new Map(pages.map((page) => [page, codes.get(parse(page).name)!]));
}

function replaceVersions(versions: Versions): Plugin {
  return {
    name: "versions",
    setup({ onResolve, resolve }) {
      for (const [imported, { name, from }] of Object.entries(versions)) {
        const filter = new RegExp(`^${imported}(/.*)?$`);
        onResolve({ filter }, ({ path, kind, importer, pluginData }) => {
          // The replacement itself may import what it stands in for: react-router-dom imports react-router.
          const folder = `/node_modules/${name.replace(/-\d+$/, "")}/`;
          if (pluginData === "replaced" || importer.includes(folder)) return undefined;
          return resolve(path.replace(imported, name), {
            kind,
            resolveDir: from,
            pluginData: "replaced",
          });
        });
      }
    },
  };
}

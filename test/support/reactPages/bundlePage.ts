import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** The packages that a page is built with: the name that it imports to the one that is installed. */
export type Versions = Readonly<Record<string, { readonly name: string; readonly from: string }>>;

/** Bundles one of the pages of this folder, with the versions of packages that it is to run on. */
export async function bundlePage(
  page: string,
  mode: "development" | "production",
  versions: Versions = {},
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, page)],
    bundle: true,
    write: false,
    jsx: "automatic",
    jsxDev: mode === "development",
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    plugins: [replaceVersions(versions)],
  });
  return outputFiles[0]!.text;
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

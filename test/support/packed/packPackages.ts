import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { PNPM } from "../../../scripts/steps.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Our packages, and the folder that each is packed from. */
const FOLDERS: Readonly<Record<string, string>> = {
  "@rumkit/protocol": "protocol",
  "@rumkit/browser": "browser",
  "@rumkit/react": "react",
  "@rumkit/client": "client",
  "@rumkit/server": "server",
  rumkit: "cli",
};

export interface Packed {
  /**
   * Puts packages into `node_modules` of an app, as `npm install` does, and asks no registry: ours from their archives,
   * those of others as links to what this repository has installed. A package that ours do not declare is not found.
   */
  readonly install: (app: string, names: readonly string[]) => Promise<void>;
}

/** Packs our packages as they are published, into a folder. Throws where they are not built. */
export async function packPackages(folder: string): Promise<Packed> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const filters = Object.values(FOLDERS).map((name) => `--filter=./packages/${name}`);
  const args = [...PNPM, "--recursive", ...filters, "pack", "--pack-destination", folder];
  await promisify(execFile)("npx", args, { cwd: ROOT });
  return {
    install: async (app, names) => {
      const installed = new Set<string>();
      const install = async (name: string, from: string): Promise<void> => {
        if (installed.has(name)) return;
        installed.add(name);
        await (name in FOLDERS ? unpack(name) : link(name, join(app, "node_modules", name), from));
      };
      const unpack = async (name: string): Promise<void> => {
        const target = join(app, "node_modules", name);
        mkdirSync(target, { recursive: true });
        const archive = join(folder, `${name.replace("@", "").replace("/", "-")}-0.0.0.tgz`);
        await promisify(execFile)("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
        const from = join(ROOT, "packages", FOLDERS[name]!);
        for (const dependency of dependenciesOf(target)) await install(dependency, from);
      };
      for (const name of names) await install(name, ROOT);
    },
  };
}

function dependenciesOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.dependencies ?? {});
}

/** Links a package of others, from where the package that asks for it has it. */
function link(name: string, target: string, from: string): void {
  const installed = createRequire(join(from, "package.json")).resolve.paths(name)!;
  const found = installed.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not installed for ${from}.`);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(realpathSync(found), target);
}

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathExists } from "../base/pathExists.ts";

/** The framework of the pages, detected by the project's dependencies. */
type PageKind = "next-app" | "next-pages" | "vite";

/** The framework that answers requests. */
export type ServerKind = "express" | "fastify" | "hono";

/** The command that adds packages. */
type Installer = "npm install" | "pnpm add" | "yarn add" | "bun add";

const INSTALLERS: readonly (readonly [lockFile: string, installer: Installer])[] = [
  ["pnpm-lock.yaml", "pnpm add"],
  ["yarn.lock", "yarn add"],
  ["bun.lock", "bun add"],
  ["bun.lockb", "bun add"],
];

/** A project, read from its package.json and its files. */
export interface Project {
  readonly folder: string;
  /** The name of the app in the catalog: letters, digits and `_`. */
  readonly app: string;
  readonly page: PageKind | undefined;
  readonly usesReact: boolean;
  readonly server: ServerKind | undefined;
  /** True for a `tsconfig.json`, or where the page or the server starts in a file of TypeScript. */
  readonly isTypeScript: boolean;
  /** True for `"type": "module"`. */
  readonly isModule: boolean;
  /** The folder of its sources: `src`, or an empty string. */
  readonly sources: string;
  /** The script that `index.html` loads, and the file that creates the server; undefined if none is found. */
  readonly pageEntry: string | undefined;
  readonly serverEntry: string | undefined;
  /** The packages that the project depends on. */
  readonly packages: ReadonlySet<string>;
  /** True for the root of a workspace: its apps are in folders below. */
  readonly hasWorkspaces: boolean;
  /** The package manager, detected by the lock file. */
  readonly installer: Installer;
  /** The port of the development server of the pages; undefined without pages. */
  readonly devPort: number | undefined;
}

export const VITE_CONFIGS = ["ts", "mts", "js", "mjs"].map((extension) => `vite.config.${extension}`);

/** Searched in this order, in the folder and in `src`. */
const SERVER_NAMES = ["server", "index", "app", "main"];
const EXTENSIONS = ["ts", "mts", "js", "mjs", "cjs"];

/** Files of TypeScript in which an app of Next.js starts, which writes its tsconfig.json only when it is run. */
const NEXT_ENTRIES = [
  "next.config.ts",
  ...["", "src/"].flatMap((place) =>
    ["app/layout.tsx", "app/page.tsx", "pages/_app.tsx", "pages/index.tsx"].map((file) => place + file),
  ),
];

/** True where one of these files is TypeScript. Vite, Node.js and others take it without a tsconfig.json. */
export function isTypeScriptFile(...files: (string | undefined)[]): boolean {
  return files.some((file) => file !== undefined && /\.[mc]?tsx?$/.test(file));
}

/** Throws an Error if the folder has no readable package.json. */
export function readProject(folder: string): Project {
  const manifest = readManifest(join(folder, "package.json"));
  const packages = new Set([...namesOf(manifest.dependencies), ...namesOf(manifest.devDependencies)]);
  const has = (path: string): boolean => pathExists(join(folder, path));
  const page = pageKindOf(packages, has);
  const pageEntry = page === "vite" ? findPageEntry(folder) : undefined;
  const files = ["", "src/", "server/"].flatMap((place) =>
    SERVER_NAMES.flatMap((name) => EXTENSIONS.map((extension) => `${place}${name}.${extension}`)),
  );
  const found = (["express", "fastify", "hono"] as const)
    .filter((name) => packages.has(name))
    .map((name): [ServerKind, string | undefined] => [
      name,
      files.find((file) => file !== pageEntry && has(file) && creates(name, join(folder, file))),
    ]);
  // Hono may be installed only for the collector, so it counts as the server only if a file creates an app.
  const [server, serverEntry] = found.find(([name, entry]) => name !== "hono" || entry || !page) ?? [];
  return {
    folder,
    app: appName(typeof manifest.name === "string" ? manifest.name : "app"),
    page,
    usesReact: packages.has("react"),
    server,
    isTypeScript: has("tsconfig.json") || isTypeScriptFile(pageEntry, serverEntry) || NEXT_ENTRIES.some(has),
    isModule: manifest.type === "module",
    sources: has("src") ? "src" : "",
    pageEntry,
    serverEntry,
    packages,
    hasWorkspaces: manifest.workspaces !== undefined || has("pnpm-workspace.yaml"),
    installer: installerOf(folder),
    devPort: page && (portOf(folder, manifest) ?? (page === "vite" ? 5173 : 3000)),
  };
}

/** A person or another tool wrote it, so it may contain anything. */
interface Manifest {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly scripts?: unknown;
  readonly workspaces?: unknown;
  readonly dependencies?: unknown;
  readonly devDependencies?: unknown;
}

function readManifest(path: string): Manifest {
  if (!pathExists(path))
    throw new Error("[rumkit] This folder has no package.json. Run rumkit init in the folder of your app.");
  const manifest = parseManifest(readFileSync(path, "utf8"));
  if (typeof manifest === "object" && manifest !== null && !Array.isArray(manifest)) return manifest;
  throw new Error("[rumkit] package.json is not an object. Write at least {}, or run npm init.");
}

/** Parses JSON. Allows a byte order mark, comments and trailing commas, which editors and other tools leave. */
function parseManifest(text: string): unknown {
  const bare = text
    .replace(/^\uFEFF/, "")
    .replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1")
    .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, "$1");
  try {
    return JSON.parse(bare);
  } catch (cause) {
    throw new Error(`[rumkit] package.json is not valid JSON. ${(cause as Error).message}.`, { cause });
  }
}

/** The lock file of a workspace lies in a folder above. */
function installerOf(folder: string): Installer {
  for (let place = folder; ; place = dirname(place)) {
    const found = INSTALLERS.find(([file]) => pathExists(join(place, file)));
    if (found) return found[1];
    if (place === dirname(place) || pathExists(join(place, ".git"))) return "npm install";
  }
}

/** The port of the script `dev`, or of the configuration of Vite. */
function portOf(folder: string, { scripts }: Manifest): number | undefined {
  const dev = (scripts as { readonly dev?: unknown } | null | undefined)?.dev;
  const [, ofScript] = /(?:--port|-p)[ =](\d{2,5})\b/.exec(typeof dev === "string" ? dev : "") ?? [];
  const file = VITE_CONFIGS.map((name) => join(folder, name)).find(pathExists);
  const config = file === undefined ? "" : readFileSync(file, "utf8");
  const [, ofConfig] = /\bserver\s*:\s*\{(?:[^{}]|\{[^{}]*\})*?\bport\s*:\s*(\d{2,5})\b/.exec(config) ?? [];
  const port = ofScript ?? ofConfig;
  return port === undefined ? undefined : Number(port);
}

/** Returns the names of packages; `versions` should be an object, but may be anything. */
function namesOf(versions: unknown): string[] {
  return typeof versions === "object" && versions !== null ? Object.keys(versions) : [];
}

function pageKindOf(packages: ReadonlySet<string>, has: (path: string) => boolean): PageKind | undefined {
  if (packages.has("next")) return has("pages") || has("src/pages") ? "next-pages" : "next-app";
  return packages.has("vite") ? "vite" : undefined;
}

function findPageEntry(folder: string): string | undefined {
  const page = join(folder, "index.html");
  const html = pathExists(page) ? readFileSync(page, "utf8") : "";
  const [, path] = /<script[^>]*\ssrc="\/?([^":]+)"/.exec(html) ?? [];
  return path !== undefined && pathExists(join(folder, path)) ? path : undefined;
}

/** Patterns of the line that creates the server, which capture its name. */
export const CREATIONS: Readonly<Record<ServerKind, RegExp>> = {
  express: /^(?:export )?(?:const|let|var) (\w+)(?:: [\w.]+)? = express\(\);?[^\S\n]*$/m,
  fastify: /^(?:export )?(?:const|let|var) (\w+)(?:: [\w.]+)? = [Ff]astify\([^()]*\);?[^\S\n]*$/m,
  hono: /^(?:export )?(?:const|let|var) (\w+) = new Hono(?:<[^\n]*>)?\(\);?[^\S\n]*$/m,
};

function creates(server: ServerKind, file: string): boolean {
  return CREATIONS[server].test(readFileSync(file, "utf8"));
}

/** `@acme/web-shop` is `web_shop`. */
function appName(name: string): string {
  const words = name
    .replace(/^@[^/]*\//, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  const trimmed = words.replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(trimmed) ? trimmed.slice(0, 40) : "app";
}

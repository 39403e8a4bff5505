/**
 * The rooms of every package, and the check that keeps them apart: imports point down, types counted; and what lies
 * outside of the packages imports only their entries.
 *
 * `node scripts/rooms.ts` names both files of each import that does not.
 */
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync } from "vite";
import { ROOT } from "./steps.ts";

/** Rows from the ground up. What stands in one row imports only from the rows before it. */
export type Floors = readonly (readonly string[])[];

export interface House {
  /** Folders of `packages/`. */
  readonly packages: Floors;
  /** Folders of each package's `src`. */
  readonly rooms: Readonly<Record<string, Floors>>;
}

/** A new room is a folder and its name in one of these rows. */
export const HOUSE: House = {
  packages: [["protocol"], ["browser", "client", "live-page"], ["react", "server"], ["cli"]],
  rooms: {
    protocol: [["routes", "values"], ["catalog"], ["wire"]],
    browser: [["base"], ["contract"], ["delivery"], ["client", "sources", "testing"], ["start"]],
    client: [["calls"], ["reporting"]],
    react: [["effects"], ["context"], ["errors", "hooks", "provider"], ["routers", "typed"], ["entries"]],
    server: [
      ["base", "client"],
      ["log", "scrub", "stack"],
      ["metrics", "routes", "sketches"],
      ["catalog", "journal"],
      ["brokers", "http", "vocabulary"],
      ["cluster", "part"],
      ["access", "exposition", "history", "pages", "script", "sourceMaps"],
      ["live"],
      ["alerts", "audit"],
      ["notices"],
      ["receivers"],
      ["actions"],
      ["alerting", "push"],
      ["errors", "learned", "registry"],
      ["collect", "health", "ingest", "instrument", "reports", "socket"],
      ["cluster", "openapi", "workers"],
      ["aggregate", "edge", "merge"],
      ["collector"],
      ["internal"],
    ],
    cli: [
      ["base"],
      ["promql"],
      ["rules"],
      ["boards"],
      ["grafana"],
      ["generate"],
      ["cost", "diff", "lint", "serve"],
      ["doctor", "init", "load", "tail"],
      ["commands"],
      ["bin"],
    ],
    "live-page": [
      ["numbers", "stream"],
      ["filter"],
      ["chart"],
      ["overview"],
      ["alerts"],
      ["views"],
      ["page"],
      ["start"],
    ],
  },
};

/** Starts at its package's index, as a page does: its bundle has the order of modules that compresses best. */
const STARTS_AT_INDEX = "packages/browser/src/start/scriptTag.ts";

/** Packages by the name under which others import them. */
const NAMES: Readonly<Record<string, string>> = { rumkit: "cli" };

/**
 * Everything that is wrong with the imports of these sources, one line each. Tests are not looked at: they stand beside
 * what they test, and may use all of it.
 *
 * @param sources Text by path: `packages/server/src/journal/count.ts`.
 */
export function findFaults(sources: ReadonlyMap<string, string>, house: House = HOUSE): string[] {
  const places = new Map([...sources.keys()].map((file) => [file, placeOf(file)]));
  const faults = [...places].flatMap(([file, place]) => faultsOfPlace(file, place, house));
  for (const [file, text] of sources) {
    for (const specifier of importsOf(file, text)) {
      const fault = faultOfImport(file, specifier, places, house);
      if (fault !== undefined) faults.push(`${file} ${fault}`);
    }
  }
  return [...faults, ...emptyRooms([...places.values()], house)];
}

/** Imports from outside that cannot take an entry, each with its reason. */
const INNER: Readonly<Record<string, string>> = {
  "test/support/visits.ts packages/browser/src/delivery/finalAnswer.ts":
    "Tests count the answers after which a page sends no more, by the page's rule. An entry for it would be public.",
};

/**
 * The imports by which tests and measurements reach into a package, one line each. A test of one room stands in that
 * room; what measures an inner part imports an `internal` entry.
 *
 * @param sources Text by path: `bench/record.ts`.
 */
export function findInnerImports(
  sources: ReadonlyMap<string, string>,
  allowed: Readonly<Record<string, string>> = INNER,
): string[] {
  const reached = [...sources].flatMap(([file, text]) =>
    importsOf(file, text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => [file, posix.join(posix.dirname(file), specifier)] as const)
      .filter(([, target]) => /^packages\/[^/]+\/src\//.test(target)),
  );
  const used = new Set(reached.map((pair) => pair.join(" ")));
  return [
    ...reached
      .filter((pair) => !Object.hasOwn(allowed, pair.join(" ")))
      .map(
        ([file, target]) =>
          `${file} imports ${target}, the inside of a package. Import an entry of the package, or move the test beside that file.`,
      ),
    ...Object.keys(allowed)
      .filter((pair) => !used.has(pair))
      .map((pair) => `scripts/rooms.ts allows the import ${pair}, which there is not. Remove it.`),
  ];
}

/** The place of a source in the tree. */
interface Place {
  readonly package: string;
  /** The folder below `src`; undefined for what lies in `src` itself. */
  readonly room: string | undefined;
  /** The path below `src`. */
  readonly path: string;
}

function placeOf(file: string): Place {
  const [, name = "", path = ""] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  const [room, ...rest] = path.split("/");
  return { package: name, room: rest.length > 0 ? room : undefined, path };
}

function floorOf(floors: Floors | undefined, name: string): number {
  return floors?.findIndex((row) => row.includes(name)) ?? -1;
}

function faultsOfPlace(file: string, place: Place, { packages, rooms }: House): string[] {
  if (floorOf(packages, place.package) < 0)
    return [
      `${file} is in the package "${place.package}", which has no floor. Give it one in scripts/rooms.ts.`,
    ];
  if (place.room === undefined) {
    if (place.path === "index.ts") return [];
    return [`${file} lies in the root of src, where index.ts stands alone. Put it into a room.`];
  }
  if (floorOf(rooms[place.package], place.room) >= 0) return [];
  return [`${file} is in the room "${place.room}", which has no floor. Give it one in scripts/rooms.ts.`];
}

/** A room that is gone must leave the table, or it describes a house that there is not. */
function emptyRooms(places: readonly Place[], { rooms }: House): string[] {
  const used = new Set(places.map((place) => `${place.package}/${place.room}`));
  return Object.entries(rooms).flatMap(([name, floors]) =>
    floors
      .flat()
      .filter((room) => !used.has(`${name}/${room}`))
      .map((room) => `scripts/rooms.ts names the room "${room}" of ${name}, which has no file. Remove it.`),
  );
}

function faultOfImport(
  file: string,
  specifier: string,
  places: ReadonlyMap<string, Place>,
  house: House,
): string | undefined {
  const from = placeOf(file);
  if (!specifier.startsWith(".")) return faultBetweenPackages(from, specifier, house);
  const target = posix.join(posix.dirname(file), specifier);
  const to = places.get(target) ?? placeOf(target);
  if (to.package === "") return undefined;
  if (to.package !== from.package)
    return `imports ${target} of another package. Import it by the package's name.`;
  if (from.room === undefined || to.room === from.room) return undefined;
  if (to.room === undefined && file === STARTS_AT_INDEX) return undefined;
  if (to.room === undefined) return `imports ${target}, the index above it. Import the file that has it.`;
  const floors = house.rooms[from.package];
  if (floorOf(floors, from.room) > floorOf(floors, to.room)) return undefined;
  return `imports ${target}, but the room "${to.room}" is not below "${from.room}". Move what both need below both.`;
}

function faultBetweenPackages(from: Place, specifier: string, { packages }: House): string | undefined {
  const name = /^(?:@rumkit\/[^/]+|rumkit)(?=\/|$)/.exec(specifier)?.[0];
  if (name === undefined) return undefined;
  const imported = NAMES[name] ?? name.slice("@rumkit/".length);
  if (floorOf(packages, from.package) > floorOf(packages, imported)) return undefined;
  return `imports ${specifier}, but the package "${imported}" is not below "${from.package}".`;
}

/** The specifiers of a file's imports and re-exports, types too. */
function importsOf(file: string, text: string): string[] {
  const { module } = parseSync(file, text);
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    // Those that are called, and those that are written as a type.
    ...[...text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)].map(([, specifier]) => specifier!),
  ];
}

/** The sources of all packages, without their tests. */
export function readSources(): Map<string, string> {
  return readAll(["packages/*/src/**/*.{ts,tsx,cts}"], (file) => !/\.test(-d)?\.tsx?$/.test(file));
}

/** The tests across packages, the measurements and the examples. */
export function readOutside(): Map<string, string> {
  return readAll(
    ["{bench,examples,test}/**/*.{ts,tsx}"],
    (file) => !/(?:^|\/)(?:node_modules|dist|\.next|\.tmp)\//.test(file),
  );
}

function readAll(patterns: readonly string[], isRead: (file: string) => boolean): Map<string, string> {
  const files = globSync(patterns, { cwd: ROOT, exclude: ["**/node_modules/**"] }).filter(isRead);
  return new Map(files.toSorted().map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
}

if (import.meta.main) {
  const faults = [...findFaults(readSources()), ...findInnerImports(readOutside())];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

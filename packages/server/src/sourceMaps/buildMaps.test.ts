import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite, type Rolldown } from "vite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BuildFault, type BuildMap, findBuildMaps } from "./buildMaps.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-build-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const MAP = '{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}';
const CODE = "f();";
const names = (url: string): string => `${CODE}\n//# sourceMappingURL=${url}\n`;

async function lay(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

/** Every map as `<its name> < <where it comes from>`, and every fault as `<file> <reason>`. */
async function found(below = folder): Promise<{ maps: string[]; faults: string[]; withoutMap: number }> {
  const { maps, withoutMap } = await findBuildMaps(below);
  const all: (BuildMap | BuildFault)[] = [];
  for await (const map of maps) all.push(map);
  return {
    maps: all.flatMap((map) => ("from" in map ? [`${map.file} < ${map.from ?? "inline"}`] : [])),
    faults: all.flatMap((map) => ("reason" in map ? [`${map.file} ${map.reason}`] : [])),
    withoutMap,
  };
}

describe("the map of a script is", () => {
  test.each<[string, Record<string, string>, string[]]>([
    ["that beside it, unnamed", { "app.js": CODE, "app.js.map": MAP }, ["app.js.map < app.js.map"]],
    [
      "that beside it, named",
      { "a/b.mjs": names("b.mjs.map"), "a/b.mjs.map": MAP },
      ["a/b.mjs.map < a/b.mjs.map"],
    ],
    ["one with another hash", { "1m.js": names("0v.js.map"), "0v.js.map": MAP }, ["1m.js.map < 0v.js.map"]],
    [
      "one in another folder",
      { "js/a.js": names("../maps/a.map"), "maps/a.map": MAP },
      ["js/a.js.map < maps/a.map"],
    ],
    [
      "one that two scripts share",
      { "a.js": names("x.map"), "b.js": names("x.map"), "x.map": MAP },
      ["a.js.map < x.map", "b.js.map < x.map"],
    ],
    [
      "one by a path from the root",
      { "s/a.js": names("/_next/s/b.js.map"), "s/b.js.map": MAP },
      ["s/a.js.map < s/b.js.map"],
    ],
    [
      "one by an address",
      { "a.js": names("https://cdn.example/x/b.js.map?v=1#t"), "b.js.map": MAP },
      ["a.js.map < b.js.map"],
    ],
    [
      "one by an address without scheme",
      { "a.js": names("//cdn.example/b.js.map"), "b.js.map": MAP },
      ["a.js.map < b.js.map"],
    ],
    [
      "one by an encoded name",
      { "[id].js": names("%5Bid%5D.js.map"), "[id].js.map": MAP },
      ["[id].js.map < [id].js.map"],
    ],
    [
      "the unnamed one, where the named one is gone",
      { "a.js": names("gone.map"), "a.js.map": MAP },
      ["a.js.map < a.js.map"],
    ],
    [
      "inline, in base64",
      { "a.js": names(`data:application/json;base64,${btoa(MAP)}`) },
      ["a.js.map < inline"],
    ],
    [
      "inline, percent-encoded",
      { "a.js": names(`data:application/json,${encodeURIComponent(MAP)}`) },
      ["a.js.map < inline"],
    ],
    [
      "inline, and not that beside it",
      { "a.js": names(`data:application/json;base64,${btoa(MAP)}`), "a.js.map": MAP },
      ["a.js.map < inline"],
    ],
    [
      "one that names it as its file",
      { "js/a.js": CODE, "maps/1.map": MAP.replace("{", '{"file":"a.js",') },
      ["js/a.js.map < maps/1.map"],
    ],
    ["an index map", { "a.js": CODE, "a.js.map": '{"version":3,"sections":[]}' }, ["a.js.map < a.js.map"]],
    ["one behind a guard line", { "a.js": CODE, "a.js.map": `)]}'\n${MAP}` }, ["a.js.map < a.js.map"]],
    [
      "one of a name in another script",
      { "café,1.js": CODE, "café,1.js.map": MAP },
      ["café,1.js.map < café,1.js.map"],
    ],
    [
      "by its name, where there are maps alone",
      { "js/a.js.map": MAP, "js/b.map": MAP.replace("{", '{"file":"b.min.js",') },
      ["js/a.js.map < js/a.js.map", "js/b.min.js.map < js/b.map"],
    ],
  ])("%s", async (_how, files, maps) => {
    await lay({ ...files, "style.css": "a{}", "style.css.map": MAP, "index.d.ts.map": MAP });
    const { faults, ...rest } = await found();
    expect({ ...rest, faults: faults.filter((fault) => !fault.startsWith("a.js.map")) }).toEqual({
      maps,
      faults: [],
      withoutMap: 0,
    });
  });
});

describe("a build says what will not be resolved:", () => {
  test.each<[string, Record<string, string>, string[], number]>([
    ["a map of no script", { "a.js": CODE, "0v.js.map": MAP }, ["0v.js.map belongs to no script"], 1],
    [
      "a map that is gone",
      { "a.js": names("gone.map") },
      ["a.js names the map gone.map, which is not there"],
      1,
    ],
    [
      "a map outside of the folder",
      { "a.js": names("../../../etc/passwd") },
      ["a.js names the map ../../../etc/passwd, which is not there"],
      1,
    ],
    [
      "an invalid map",
      { "a.js": CODE, "a.js.map": "<!doctype html>" },
      ["a.js.map has no valid source map"],
      0,
    ],
    [
      "an invalid inline map",
      { "a.js": names("data:application/json;base64,e30=") },
      ["a.js has no valid source map"],
      0,
    ],
    [
      "a name that is not taken",
      { "a\n.js": CODE, "a\n.js.map": MAP },
      ["a\n.js has a name that collectors refuse"],
      0,
    ],
  ])("%s", async (_what, files, faults, withoutMap) => {
    await lay(files);
    expect(await found()).toEqual({ maps: [], faults, withoutMap });
  });

  test("a folder that is not there", async () => {
    await expect(findBuildMaps(join(folder, "dist"))).rejects.toThrow(
      /^\[rumkit\] .*dist cannot be read: ENOENT/,
    );
  });
});

describe("a real build", () => {
  beforeEach(() => lay({ "src/main.ts": 'import("./part.ts");', "src/part.ts": "console.log(1);" }));

  test.each(["linked", "inline", "external", "both"] as const)("of esbuild, %s", async (sourcemap) => {
    const outdir = join(folder, "dist");
    await esbuild({
      entryPoints: [join(folder, "src/main.ts")],
      outdir,
      sourcemap,
      bundle: true,
      splitting: true,
      format: "esm",
      entryNames: "[name]-[hash]",
    });
    const { maps, ...rest } = await found(outdir);
    expect(rest).toEqual({
      withoutMap: 0,
      faults: sourcemap === "both" ? [expect.any(String), expect.any(String)] : [],
    });
    expect(maps).toHaveLength(2);
  });

  test.each([true, "inline", "hidden"] as const)("of Vite, sourcemap %s", async (sourcemap) => {
    const output: Rolldown.OutputOptions = { sourcemapFileNames: "maps/[chunkhash].map" };
    await vite({
      root: folder,
      configFile: false,
      logLevel: "silent",
      build: { sourcemap, rolldownOptions: { input: join(folder, "src/main.ts"), output } },
    });
    const { maps, ...rest } = await found(join(folder, "dist"));
    expect(rest).toEqual({ withoutMap: 0, faults: [] });
    expect(maps.length).toBeGreaterThan(0);
    expect(maps.every((map) => /^assets\/\w+-[\w-]+\.js\.map < (inline|maps\/.*)$/.test(map))).toBe(true);
  });
});

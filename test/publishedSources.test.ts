import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** The sources that a package publishes: every source but its tests, as the compiler's configuration excludes them. */
const published = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).filter(
  (file) => !/\.test(-d)?\.tsx?$/.test(file),
);

/** Paths of this repository outside of comments: they do not exist where the package is installed. */
function pathsIn(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/ .*$/gm, "$1");
  const named = code.matchAll(
    /(?<![\w./-])(?:(?:docs|deploy|examples|bench|scripts|test)\/[\w./-]*\w|[\w-]+\.md)\b/g,
  );
  return [...named].map(([path]) => path);
}

test("every path of ours that a message names is in the package", () => {
  expect(
    pathsIn(
      '// docs/a.md\nfail("See docs/b.md, or deploy/c/d.yaml.", "https://a.example/docs/e.md") /* f.md */',
    ),
  ).toEqual(["docs/b.md", "deploy/c/d.yaml"]);
  const packed = new Map<string, Set<string>>();
  const packedOf = (name: string): Set<string> => {
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const listed = execFileSync("npm", args, { cwd: join(root, "packages", name), encoding: "utf8" });
    const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
    return new Set(files.map(({ path }) => path));
  };
  const missing = published.flatMap((file) => {
    const name = file.split("/")[1]!;
    return pathsIn(readFileSync(join(root, file), "utf8"))
      .filter((path) => {
        if (!packed.has(name)) packed.set(name, packedOf(name));
        return !packed.get(name)!.has(path);
      })
      .map((path) => `${file}: ${path}`);
  });
  expect(missing).toEqual([]);
});

test("no published file imports what only tests have", () => {
  expect(published.length).toBeGreaterThan(300);
  const wrong = published.filter((file) =>
    /from "(vitest|fast-check|playwright-core|@testing-library\/[\w-]+)"/.test(
      readFileSync(join(root, file), "utf8"),
    ),
  );
  expect(wrong).toEqual([]);
});

test("no published file takes a private part of Node, makes code at run time, or sets a flag of V8", () => {
  const PRIVATE =
    /["'](?:node:)?vm["']|\b_(?:handle|createServerHandle)\b|\bsetFlagsFromString\b|process\.binding\b|\bnew Function\(/;
  expect("server._handle.listen(0)").toMatch(PRIVATE);
  expect('import { runInNewContext } from "node:vm";').toMatch(PRIVATE);
  const wrong = published.filter((file) => PRIVATE.test(readFileSync(join(root, file), "utf8")));
  expect(wrong).toEqual([]);
});

test("every source of a source map is in the package, or its text is in the map, so that bundlers do not warn", () => {
  const maps = globSync("packages/*/dist/**/*.map", { cwd: root });
  expect(maps.length).toBeGreaterThan(100);
  const missing = maps.flatMap((file) => {
    const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(root, file), "utf8")) as {
      readonly sources: readonly string[];
      readonly sourcesContent?: readonly (string | null)[];
    };
    return sources
      .filter((source, at) => !sourcesContent[at] && !existsSync(join(root, dirname(file), source)))
      .map((source) => `${file}: ${source}`);
  });
  expect(missing).toEqual([]);
});

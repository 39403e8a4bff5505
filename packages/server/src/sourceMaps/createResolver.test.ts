import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StackFrame } from "../stack/parseStack.ts";
import { createResolver, type Resolver } from "./createResolver.ts";
import { createMapTable, type MapTable } from "./mapTable.ts";

let directory: string;
let resolver: Resolver | undefined;
let time: number;
let maps: MapTable;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "rumkit-maps-"));
  await mkdir(join(directory, "1/a"), { recursive: true });
  await mkdir(join(directory, "1/b"));
  time = 0;
  maps = createMapTable(directory, 1e6, () => time);
});
afterEach(async () => {
  await resolver?.close();
  await rm(directory, { recursive: true, force: true });
});

const frame = (file: string, column = 1): StackFrame => ({
  kind: "script",
  function: "f",
  file,
  line: 1,
  column,
  inApp: true,
});

/** A map whose lines have `segments` positions each, all of them in `source`. */
const mapText = (source: string, lines = 1, segments = 1): string =>
  JSON.stringify({
    version: 3,
    sources: [source],
    names: [],
    mappings: Array.from({ length: lines }, () => `AAAA${",CAAC".repeat(segments - 1)}`).join(";"),
  });

test("a script is found by the end of its path; a name that two maps share finds neither", async () => {
  await writeFile(join(directory, "1/a/app.js.map"), mapText("src/a.ts"));
  await writeFile(join(directory, "1/b/app.js.map"), mapText("src/b.ts"));
  await writeFile(join(directory, "1/b/only.js.map"), mapText("../src/only.ts"));
  resolver = createResolver({ maps, context: false });
  const { frames, outcome } = await resolver.resolve("1", [
    frame("/shop/a/app.js"),
    frame("/b/app.js"),
    frame("/elsewhere/only.js"),
    frame("/elsewhere/app.js"),
  ]);
  expect(outcome).toBe("resolved");
  expect(frames.map(({ file }) => file)).toEqual([
    "src/a.ts",
    "src/b.ts",
    "src/only.ts",
    "/elsewhere/app.js",
  ]);
});

test("an address is percent-encoded, the name of its file is not", async () => {
  await writeFile(join(directory, "1/a/[id].js.map"), mapText("src/user.ts"));
  resolver = createResolver({ maps, context: false });
  const { frames } = await resolver.resolve("1", [
    frame("/_next/a/%5Bid%5D.js"),
    frame("/_next/a/[id].js"),
    frame("/_next/a/%ZZ.js"),
  ]);
  expect(frames.map(({ file }) => file)).toEqual(["src/user.ts", "src/user.ts", "/_next/a/%ZZ.js"]);
});

test.each([
  ["turbopack:///[project]/components/like.tsx", "components/like.tsx"],
  ["webpack://_N_E/./app/page.tsx?1a2b", "app/page.tsx"],
  ["../../src/cart.ts", "src/cart.ts"],
])("a source %s is shown as %s", async (source, file) => {
  await writeFile(join(directory, "1/a/app.js.map"), mapText(source));
  resolver = createResolver({ maps, context: false });
  expect((await resolver.resolve("1", [frame("/a/app.js")])).frames[0]?.file).toBe(file);
});

test("a folder that cannot be read for a while keeps the maps that were found before", async () => {
  await writeFile(join(directory, "1/a/app.js.map"), mapText("src/app.ts"));
  resolver = createResolver({ maps, context: false });
  const file = async (release: string) =>
    (await resolver!.resolve(release, [frame("/a/app.js")])).frames[0]?.file;
  expect(await file("1")).toBe("src/app.ts");
  await rename(directory, `${directory}-moved`);
  await symlink(directory, directory);
  time += 30_000;
  expect(await file("2")).toBe("/a/app.js");
  await rm(directory);
  await rename(`${directory}-moved`, directory);
  await mkdir(join(directory, "1/b/c"));
  await writeFile(join(directory, "1/b/c/late.js.map"), mapText("src/late.ts"));
  expect(await file("1")).toBe("src/app.ts");
  time += 30_000;
  expect((await resolver.resolve("1", [frame("/c/late.js")])).frames[0]?.file).toBe("src/late.ts");
});

test("a release that a deployment brings is found within half a minute, without a look at the disk for each error", async () => {
  resolver = createResolver({ maps, context: false });
  const outcome = async () => (await resolver!.resolve("2", [frame("/app.js")])).outcome;
  expect(await outcome()).toBe("no_map");
  await mkdir(join(directory, "2"));
  await writeFile(join(directory, "2/app.js.map"), mapText("src/app.ts"));
  expect(await outcome()).toBe("no_map");
  time += 30_000;
  expect(await outcome()).toBe("resolved");
});

test("a map that takes too long costs its thread, is left alone for ten minutes, and the next error has a new one", async () => {
  // 8 MB of text, 2 million positions: some 300 ms and more.
  await writeFile(join(directory, "1/a/huge.js.map"), mapText("src/huge.ts", 2_000, 1_000));
  await writeFile(join(directory, "1/a/app.js.map"), mapText("src/a.ts"));
  resolver = createResolver({ maps, context: false, budget: { loadMs: 20 }, now: () => time });
  expect((await resolver.resolve("1", [frame("/a/huge.js")])).outcome).toBe("timeout");
  expect((await resolver.resolve("1", [frame("/a/huge.js")])).outcome).toBe("no_map");
  time += 600_000;
  // A machine that was busy may have time now.
  expect((await resolver.resolve("1", [frame("/a/huge.js")])).outcome).toBe("timeout");
  await resolver.close();
  resolver = createResolver({ maps, context: false });
  expect((await resolver.resolve("1", [frame("/a/app.js")])).outcome).toBe("resolved");
});

test("one error has at most fifty frames in fifty maps, and the thread keeps 64 MiB of text", async () => {
  for (let index = 0; index < 50; index += 1)
    await writeFile(join(directory, `1/a/chunk${index}.js.map`), mapText(`src/${index}.ts`, 100, 50));
  resolver = createResolver({ maps, context: false });
  const all = Array.from({ length: 50 }, (_, index) => frame(`/a/chunk${index}.js`, 1));
  const { frames, outcome } = await resolver.resolve("1", all);
  expect(outcome).toBe("resolved");
  expect(frames.every(({ file }, index) => file === `src/${index}.ts`)).toBe(true);
});

test("positions that no file has are left as they are", async () => {
  await writeFile(join(directory, "1/a/app.js.map"), mapText("src/a.ts"));
  resolver = createResolver({ maps, context: true });
  const { frames, outcome } = await resolver.resolve("1", [
    { ...frame("/a/app.js"), line: 999_999_999, column: 999_999_999 },
    { ...frame("/a/app.js"), line: 0, column: 0 },
  ]);
  expect([outcome, frames.map(({ line }) => line)]).toEqual(["failed", [999_999_999, 0]]);
});

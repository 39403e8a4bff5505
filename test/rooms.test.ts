import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  findFaults,
  findInnerImports,
  type House,
  HOUSE,
  readOutside,
  readSources,
} from "../scripts/rooms.ts";
import { ROOT } from "../scripts/steps.ts";

const SMALL: House = {
  packages: [["protocol"], ["server"], ["cli"]],
  rooms: {
    protocol: [["wire"]],
    server: [["base"], ["journal", "live"], ["collector"]],
    cli: [["commands"]],
  },
};

/** One file in every room, so that no room is empty. */
const ROOMS: Readonly<Record<string, string>> = {
  "packages/protocol/src/wire/batch.ts": "export interface Batch {}",
  "packages/server/src/index.ts": 'export * from "./collector/collector.ts";',
  "packages/server/src/base/clock.ts": "export const now = Date.now;",
  "packages/server/src/journal/journal.ts": 'import { now } from "../base/clock.ts"; export const at = now;',
  "packages/server/src/live/feed.ts":
    'import type { Batch } from "@rumkit/protocol"; export type Feed = Batch[];',
  "packages/server/src/collector/collector.ts":
    'import { at } from "../journal/journal.ts"; export * from "../live/feed.ts"; export { at };',
  "packages/cli/src/commands/serve.ts": 'import { at } from "@rumkit/server"; export { at };',
};

const faultsWith = (more: Readonly<Record<string, string>>): string[] =>
  findFaults(new Map(Object.entries({ ...ROOMS, ...more })), SMALL);

test("no import of ours points up or sideways, and every file is in a room", () => {
  const sources = readSources();
  expect(sources.size).toBeGreaterThan(500);
  expect(findFaults(sources)).toEqual([]);
});

test("every package has floors", () => {
  const packages = new Set([...readSources().keys()].map((file) => file.split("/")[1]));
  expect(new Set(HOUSE.packages.flat())).toEqual(packages);
  expect(new Set(Object.keys(HOUSE.rooms))).toEqual(packages);
});

test("docs/architecture.md shows the packages and rooms as they are, floor by floor", () => {
  const text = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const picture = (first: string): string[][] => {
    const [, rows = ""] = new RegExp(`\n ${first}\n([^]*?)\`\`\``).exec(`\n${text}`) ?? [];
    const floors = rows.trim().split("\n");
    return floors.map((row) => row.trim().split(/ {2,}/)[0]!.split(" · ").toSorted()).toReversed();
  };
  const table = [...text.matchAll(/^\| `([\w-]+)` \| (.+ → .+) \|$/gm)].map(([, name, floors]) => [
    name!,
    floors!.split(" → ").map((row) => row.split(", ").toSorted()),
  ]);
  const sorted = (floors: House["packages"]): string[][] => floors.map((row) => [...row].toSorted());
  const { server, ...rooms } = HOUSE.rooms;
  expect(picture("packages")).toEqual(sorted(HOUSE.packages));
  expect(picture("server")).toEqual(sorted(server!));
  expect(Object.fromEntries(table)).toEqual(
    Object.fromEntries(Object.entries(rooms).map(([name, floors]) => [name, sorted(floors)])),
  );
});

test("imports that point down are fine", () => {
  expect(faultsWith({})).toEqual([]);
});

test.each([
  ["up", "packages/server/src/base/a.ts", 'import { at } from "../journal/journal.ts";'],
  ["sideways", "packages/server/src/live/a.ts", 'import { at } from "../journal/journal.ts";'],
  [
    "up for a type alone",
    "packages/server/src/base/a.ts",
    'import type { at } from "../journal/journal.ts";',
  ],
  ["up by an export", "packages/server/src/base/a.ts", 'export { at } from "../journal/journal.ts";'],
  [
    "up when it runs",
    "packages/server/src/base/a.ts",
    'export const a = () => import("../journal/journal.ts");',
  ],
  [
    "up by the type of a module",
    "packages/server/src/base/a.ts",
    'export type A = import("../journal/journal.ts").A;',
  ],
])("an import that points %s is reported with both files", (_how, file, text) => {
  expect(faultsWith({ [file]: text })).toEqual([
    expect.stringMatching(
      `^${file} imports packages/server/src/journal/journal\\.ts, but the room "journal" is not below "${file.split("/")[3]}"`,
    ),
  ]);
});

test.each([
  ["its own index", "packages/server/src/base/a.ts", 'import "../index.ts";', "the index above it"],
  [
    "a package above",
    "packages/server/src/base/a.ts",
    'import "rumkit/generate";',
    '"cli" is not below "server"',
  ],
  [
    "a file of another package",
    "packages/cli/src/commands/a.ts",
    'import "../../../server/src/base/clock.ts";',
    "by the package's name",
  ],
])("a file that imports %s is reported", (_what, file, text, fault) => {
  expect(faultsWith({ [file]: text })).toEqual([expect.stringContaining(fault)]);
});

test("a file without a room, and a room without a floor or without a file, are reported", () => {
  expect(faultsWith({ "packages/server/src/helpers.ts": "" })).toEqual([
    "packages/server/src/helpers.ts lies in the root of src, where index.ts stands alone. Put it into a room.",
  ]);
  expect(faultsWith({ "packages/server/src/attic/box.ts": "" })).toEqual([
    'packages/server/src/attic/box.ts is in the room "attic", which has no floor. Give it one in scripts/rooms.ts.',
  ]);
  const rest = new Map(Object.entries(ROOMS));
  rest.delete("packages/server/src/live/feed.ts");
  rest.set("packages/server/src/collector/collector.ts", "export {};");
  expect(findFaults(rest, SMALL)).toEqual([
    'scripts/rooms.ts names the room "live" of server, which has no file. Remove it.',
  ]);
});

test("tests, measurements and examples import only the entries of packages", () => {
  const outside = readOutside();
  expect(outside.size).toBeGreaterThan(100);
  expect(findInnerImports(outside)).toEqual([]);
});

const INSIDE = "../packages/server/src/journal/journal.ts";
test.each([
  ["a value", `import { at } from "${INSIDE}";`],
  ["a type", `import type { At } from "${INSIDE}";`],
  ["when it is called", `const { at } = await import("${INSIDE}");`],
])("%s from the inside of a package is reported, unless it is allowed", (_what, text) => {
  const outside = new Map([["bench/at.ts", text]]);
  const pair = "bench/at.ts packages/server/src/journal/journal.ts";
  expect(findInnerImports(outside, {})).toEqual([
    "bench/at.ts imports packages/server/src/journal/journal.ts, the inside of a package. Import an entry of the package, or move the test beside that file.",
  ]);
  expect(findInnerImports(outside, { [pair]: "It is measured." })).toEqual([]);
  expect(findInnerImports(new Map(), { [pair]: "It is measured." })).toEqual([
    `scripts/rooms.ts allows the import ${pair}, which there is not. Remove it.`,
  ]);
});

import { expect, test } from "vitest";
import { findFaults, type House, HOUSE, readSources } from "../scripts/rooms.ts";

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
])("an import that points %s is told with both files", (_how, file, text) => {
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
])("a file that imports %s is told", (_what, file, text, told) => {
  expect(faultsWith({ [file]: text })).toEqual([expect.stringContaining(told)]);
});

test("a file without a room, and a room without a floor or without a file, are told", () => {
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

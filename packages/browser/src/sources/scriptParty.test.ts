import { expect, test } from "vitest";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";

const own = `${location.origin}/app.js`;
const frame = (...scripts: [sourceURL: string, duration: number][]): AnimationFrame =>
  ({
    scripts: scripts.map(([sourceURL, duration]) => ({ sourceURL, duration })),
  }) as unknown as AnimationFrame;

test.each<[title: string, scripts: [string, number][], party: string | undefined]>([
  ["of the page", [[own, 60]], "first"],
  ["of another origin", [["https://ads.example/a.js", 60]], "third"],
  ["of an extension", [["chrome-extension://abc/a.js", 60]], "extension"],
  ["of Firefox's extensions", [["moz-extension://abc/a.js", 60]], "extension"],
  [
    "that ran longest, wherever it stands",
    [
      [own, 5],
      ["https://ads.example/a.js", 50],
      [own, 10],
    ],
    "third",
  ],
  [
    "that ran longest, if several did as long",
    [
      [own, 50],
      ["https://ads.example/a.js", 50],
    ],
    "first",
  ],
  ["whose address is hidden", [["", 60]], undefined],
  ["none", [], undefined],
])("the party is the owner of the script %s", (_title, scripts, party) => {
  expect(partyOf(frame(...scripts))).toBe(party);
});

test("a browser without frames has no scripts", () => {
  expect(partyOf({} as AnimationFrame)).toBeUndefined();
});

test("the browser's list stays as it is", () => {
  const given = frame([own, 1], [own, 2]);
  partyOf(given);
  expect(given.scripts!.map(({ duration }) => duration)).toEqual([1, 2]);
});

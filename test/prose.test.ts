import { expect, test } from "vitest";
import { findPhrases, readDone } from "../scripts/prose.ts";

test("the folders that are done have no banned phrase", () => {
  expect(readDone()).toEqual([]);
});

test.each([
  ["a comment", "// This has to be 4.", "has to be"],
  ["a comment over two lines", "// Nothing here has\n// to be 4.", "has to be"],
  ["a doc comment over two lines", "/**\n * Kept for itself, and of its\n * own.\n */", "of its own"],
  ["a message", "throw new Error(`${name} is no number: ${value}.`);", "is no"],
  ["an opening", "/** What a page sends. */", "What"],
  ["an opening below the slashes", "/**\n * Whether a page sends.\n */", "Whether"],
  ["British spelling", "const text = 'The catalogue is open.';", "catalogue"],
  ["an upper case", "// Nobody waits.", "Nobody"],
])("%s is reported", (_where, source, words) => {
  const [found, ...more] = findPhrases("a.ts", source);
  expect(found).toMatch(new RegExp(`^a\\.ts:\\d+ "${words}": .+\\.$`));
  expect(more).toEqual([]);
});

test("a phrase is reported with the line on which it starts", () => {
  expect(findPhrases("a.ts", "const a = 1;\n\n/**\n * One.\n * Somebody else.\n */\n")).toEqual([
    'a.ts:5 "Somebody": someone, or name the subject.',
  ]);
  expect(findPhrases("a.md", "# A\n\n```sh\nnobody\n```\n\nThis is\nno list.\n")).toEqual([
    'a.md:7 "is no": is not a.',
  ]);
});

test.each([
  ["names in code", "const nobody = colour.behaviour; look(besides);"],
  ["short strings", 'const names = ["nobody", "catalogue", "grey"];'],
  ["quotes and code in comments", '// The old text was "nobody waits", in `of its own`.'],
  ["addresses", "// See https://example.com/catalogue/nobody for the list."],
  ["good English", "// There is no list. It is no longer kept, there are none. A look at the list helps."],
  ["question words inside", "/** Says what a page sends. */"],
  ["other comments", "/* What a page sends. */"],
])("%s are fine", (_what, source) => {
  expect(findPhrases("a.ts", source)).toEqual([]);
});

test("code, quoted lines and targets of links in Markdown are fine", () => {
  const text =
    "# A\n\n> nobody\n\n- see [this](docs/catalogue.md)\n\n  ```\n  of its own\n  ```\n\n`has to be`\n";
  expect(findPhrases("a.md", text)).toEqual([]);
});

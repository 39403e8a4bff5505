/** `test/pathIds.test.ts` measures how often it is right. Here are the reasons for its answers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksRandom } from "./looksRandom.ts";

describe("ids", () => {
  test.each([
    ["a nanoid", "V1StGXR8_Z5jdHi6B-myT"],
    ["a nanoid with words' separators", "NXpIakGPSh-XetZntpnVh"],
    ["a ULID", "01ARZ3NDEKTSV4RRFFQ69G5FAV"],
    ["a cuid", "cjld2cjxh0000qzrmn831i7rn"],
    ["a KSUID", "0ujtsYcgvSTl8PAuAdqWYSMnLOv"],
    ["an id of YouTube", "dQw4w9WgXcQ"],
    ["an id of Firestore", "Xg7TqPzR2bKd9LmN4vWc"],
    ["a base64 of random bytes", "kR3pQ9xZ+7bT2mW5nY8c=="],
  ])("%s", (_what, id) => {
    expect(looksRandom(id)).toBe(true);
  });
});

describe("words", () => {
  test.each([
    "a",
    "products",
    "internationalization",
    "getUserProfile",
    "XMLHttpRequest",
    "parseHTTPResponse",
    "salt-roads-of-the-sahara",
    "iPhone-15-Pro-Max",
    "v2",
    "utf-8",
    "index.html",
    "user_profile_settings",
    "README.md",
    "ES2021",
    "",
  ])("%j", (word) => {
    expect(looksRandom(word)).toBe(false);
  });
});

test("the case of all letters together says nothing", () => {
  for (const word of ["products", "checkout", "settings"])
    expect(looksRandom(word.toUpperCase())).toBe(looksRandom(word));
});

test("the beginning decides, so that a long text costs no more than a short one", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 64, maxLength: 64 }), fc.string(), (beginning, rest) => {
      // One further character is looked at, to weigh the last of the beginning.
      const whole = beginning + "-";
      expect(looksRandom(whole + rest)).toBe(looksRandom(whole));
    }),
  );
});

test("letters of other scripts do not count as evidence", () => {
  for (const word of ["поиск", "日本語", "größe", "café"]) expect(looksRandom(word)).toBe(false);
});

/** Ids as programs write them into a path: percent-encoded, in brackets, behind the name of their kind. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { templatePath } from "./templatePath.ts";

const UUID = "123e4567-e89b-12d3-a456-426614174000";

describe("an id that `encodeURIComponent` wrote", () => {
  test.each([
    ["a time", "2026-11-21T06:07:42.000Z", ":date"],
    ["a time with its zone", "2026-11-21T06:07:42+01:00", ":date"],
    ["a time of SQL", "2026-11-21 06:07:42", ":date"],
    ["base64", "kR3pQ9xZ+7bT2mW5nY8c==", ":id"],
    ["base64 with a slash", "kR3pQ9xZ/7bT2mW5nY8c==", "kR3pQ9xZ%2F7bT2mW5nY8c%3D%3D"],
    ["several numbers", "42,17", ":id"],
    ["an e-mail address", "ann+shop@shop.example", ":id"],
    ["a UUID in braces", `{${UUID}}`, ":id"],
    ["a URN", `urn:uuid:${UUID}`, ":id"],
    ["a user of Auth0", "auth0|5f7c8ec7c33c6c004bbafe82", ":id"],
    ["a name of AWS", "arn:aws:123456789012", ":id"],
    ["a key of OData", `Orders('${UUID}')`, ":id"],
  ])("%s", (_title, id, template) => {
    const encoded = encodeURIComponent(id);
    expect(templatePath(`/a/${encoded}/b`)).toBe(`/a/${template}/b`);
  });

  test.each([`{${UUID}}`, `urn:uuid:${UUID}`, "auth0|5f7c8ec7c33c6c004bbafe82", "42,17"])(
    "%s is the same without the encoding",
    (id) => {
      expect(templatePath(`/a/${id}`)).toBe("/a/:id");
    },
  );
});

describe("a word that `encodeURIComponent` wrote", () => {
  test.each([
    "Größe",
    "поиск",
    "検索",
    "salt roads",
    "what's new?",
    "c++",
    "C#",
    "100% wool",
    "a:b",
    "🙂",
    "@ann",
  ])("%s stays as it came", (word) => {
    const path = `/a/${encodeURIComponent(word)}`;
    expect(templatePath(path)).toBe(path);
  });

  test.each(["100%", "%zz", "%E0%A4", "%", "%%%"])("%s is malformed, and stays as it came", (segment) => {
    expect(templatePath(`/a/${segment}`)).toBe(`/a/${segment}`);
  });
});

test("a number, a UUID and a hash are ids, however many of their letters are encoded", () => {
  const hash = fc.stringMatching(/^[\da-f]{40}$/);
  fc.assert(
    fc.property(
      fc.oneof(fc.nat().map(String), fc.uuid(), hash),
      fc.infiniteStream(fc.boolean()),
      (id, coins) => {
        const encoded = Array.from(id, (letter) =>
          coins.next().value ? `%${letter.charCodeAt(0).toString(16)}` : letter,
        );
        expect(templatePath(`/a/${encoded.join("")}`)).toBe("/a/:id");
      },
    ),
  );
});

describe("a parameter", () => {
  test.each([":id", ":date", ":", ":42", ":5f7c8ec7c33c6c004bbafe82", `:${UUID}`])(
    "%s stays",
    (parameter) => {
      expect(templatePath(`/a/${parameter}/b`)).toBe(`/a/${parameter}/b`);
    },
  );
});

test("the template of any text is its own template, and has as many segments", () => {
  const segment = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom("__proto__", "constructor", "toString", "\ud800", "%ED%A0%80", "\0", "..", "."),
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      const path = `/${segments.join("/")}`;
      const template = templatePath(path);
      expect(templatePath(template)).toBe(template);
      expect(template.split("/")).toHaveLength(path.split("/").length);
      // A segment stays to the letter, or is a parameter.
      const before = path.split("/");
      for (const [index, after] of template.split("/").entries())
        if (after !== before[index]) expect([":id", ":date"]).toContain(after);
    }),
    { numRuns: 500 },
  );
});

test("a segment of a body's length is answered, encoded or not", () => {
  for (const unit of ["%41", "%", "%E0", "a%7C", "{", "'", "(1)", "1%2C"])
    expect(templatePath(`/${unit.repeat(20_000)}`).split("/")).toHaveLength(2);
});

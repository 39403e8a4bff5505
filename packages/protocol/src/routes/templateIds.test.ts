/** Ids that programs really make, in the places of a path where they stand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { templatePath } from "./templatePath.ts";

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789abcdef")), { minLength: length, maxLength: length })
    .map((all) => all.join(""));
const day = fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });

/** Ids that are recognized by their form, so always. `test/pathIds.test.ts` measures those that are a guess. */
const IDS: [string, fc.Arbitrary<string>][] = [
  ["a number", fc.nat().map(String)],
  ["a number with separators", fc.integer({ min: 1_000, max: 2 ** 31 }).map((n) => n.toLocaleString("en"))],
  ["a negative number", fc.integer({ min: -(2 ** 31), max: -1 }).map(String)],
  ["a UUID", fc.uuid()],
  ["a UUID in capitals", fc.uuid().map((id) => id.toUpperCase())],
  ["a SHA-1", hex(40)],
  ["a SHA-256", hex(64)],
  ["an ObjectId", hex(24)],
  ["a trace id", hex(32)],
  ["an e-mail address", fc.emailAddress().filter((address) => !address.includes("/"))],
  ["an encoded address", fc.emailAddress().map((address) => encodeURIComponent(address))],
];

test.each(IDS)("%s is `:id`, at every place of a path", (_title, id) => {
  fc.assert(
    fc.property(id, id, (first, second) => {
      expect(templatePath(`/${first}`)).toBe("/:id");
      expect(templatePath(`/orders/${first}/items/${second}/edit`)).toBe("/orders/:id/items/:id/edit");
      expect(templatePath(`/orders/${first}/`)).toBe("/orders/:id/");
    }),
  );
});

test("a day is `:date`, with a time or without", () => {
  fc.assert(
    fc.property(day, (date) => {
      const iso = date.toISOString();
      for (const text of [
        iso.slice(0, 10),
        iso,
        iso.replace(/\.\d+/, ""),
        iso.replace("T", " ").slice(0, 19),
      ])
        expect(templatePath(`/log/${text}/view`)).toBe("/log/:date/view");
    }),
  );
});

test("a million different ids are one template, so that series stay few", () => {
  const templates = new Set<string>();
  for (let index = 0; index < 20_000; index += 1) {
    templates.add(templatePath(`/orders/${index}`));
    templates.add(templatePath(`/orders/${crypto.randomUUID()}`));
    templates.add(templatePath(`/orders/${crypto.randomUUID().replaceAll("-", "")}`));
  }
  expect([...templates]).toEqual(["/orders/:id"]);
});

test("words of a path stay: nothing but a whole segment is replaced", () => {
  const word = fc.constantFrom(
    "orders",
    "v2",
    "api",
    "new",
    "Ünïcode",
    "size-42",
    "top10",
    ":id",
    "a.b",
    "~eve",
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.nat(), (words, id) => {
      const path = `/${words.join("/")}`;
      expect(templatePath(path)).toBe(path);
      expect(templatePath(`${path}/${id}`)).toBe(`${path}/:id`);
    }),
  );
});

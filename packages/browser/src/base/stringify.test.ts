// @vitest-environment node
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "./stringify.ts";

test("writes what JSON writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(stringify(value)).toBe(JSON.stringify(value));
    }),
  );
});

test("writes a bigint as text, exactly, at any depth", () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      expect(stringify({ a: [value], b: { c: value } })).toBe(`{"a":["${value}"],"b":{"c":"${value}"}}`);
    }),
  );
});

test.each([
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [{ a: Symbol("a"), b: () => 1 }, "{}"],
  [[undefined, Number.NaN], "[null,null]"],
  [{ text: "\ud83d" }, '{"text":"\\ud83d"}'],
])("leaves out what JSON has no word for: %o", (value, text) => {
  expect(stringify(value)).toBe(text);
});

describe("what other scripts do to JSON has no effect", () => {
  test.each([
    ["arrays", Array.prototype],
    ["strings", String.prototype],
    ["numbers", Number.prototype],
    ["objects", Object.prototype],
  ])("a toJSON of %s", (_what, prototype) => {
    const patched = prototype as { toJSON?: () => string };
    onTestFinished(() => void delete patched.toJSON);
    Object.defineProperty(patched, "toJSON", { value: () => "replaced", configurable: true });
    expect(stringify({ a: ["b", 1, { c: true }] })).toBe('{"a":["b",1,{"c":true}]}');
  });

  test("a JSON.stringify that replaces it later", () => {
    vi.spyOn(JSON, "stringify").mockReturnValue("replaced");
    onTestFinished(() => vi.mocked(JSON.stringify).mockRestore());
    expect(stringify({ a: 1 })).toBe('{"a":1}');
  });
});

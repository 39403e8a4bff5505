// @vitest-environment node
import { MAX_DETAILS } from "@rumkit/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { wireDetails } from "./wireDetails.ts";

test("keeps what travels, and leaves out the rest", () => {
  const given = {
    text: "a",
    empty: "",
    zero: 0,
    no: false,
    big: 7n,
    nan: Number.NaN,
    infinite: Number.POSITIVE_INFINITY,
    none: null,
    missing: undefined,
    nested: {},
    list: [1],
    call: () => 1,
    symbol: Symbol("a"),
    date: new Date(0),
  };
  expect(wireDetails(given)).toEqual({ text: "a", empty: "", zero: 0, no: false, big: 7n });
});

test.each([
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a symbol", Symbol("a")],
  ["an object without entries", {}],
  ["an object with nothing that travels", { a: null }],
])("is undefined for %s", (_what, given) => {
  expect(wireDetails(given)).toBeUndefined();
});

test("does not look at the prototype", () => {
  expect(wireDetails(Object.create({ inherited: 1 }))).toBeUndefined();
  expect(wireDetails(Object.assign(Object.create(null) as object, { own: 1 }))).toEqual({ own: 1 });
});

test("keeps one key more than the collector takes, so that the excess is noticed, and the first ones", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (count) => {
      const given = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
      const kept = Object.keys(wireDetails(given) ?? {});
      expect(kept).toEqual(Object.keys(given).slice(0, MAX_DETAILS + 1));
    }),
  );
});

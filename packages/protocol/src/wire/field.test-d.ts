/** The types that a declaration gives: a new kind of field is one member of `Field`, and one line here. */
import { describe, expectTypeOf, test } from "vitest";
import type { BatchEnvelope } from "./envelope.ts";
import type { Field, Fields, ObjectOf, ValueOf, WireDetails } from "./field.ts";
import type { IngestItem } from "./ingest.ts";

describe("the type of a value, by the kind of its field", () => {
  test("text and patterns are strings", () => {
    expectTypeOf<ValueOf<{ kind: "text"; most: 128 }>>().toEqualTypeOf<string>();
    expectTypeOf<ValueOf<{ kind: "text"; most: 128; fromAny: true }>>().toEqualTypeOf<string>();
    expectTypeOf<ValueOf<{ kind: "pattern"; pattern: RegExp; words: string }>>().toEqualTypeOf<string>();
  });

  test("an enum is the union of its values, of numbers too", () => {
    expectTypeOf<ValueOf<{ kind: "enum"; values: readonly ["a", "b"] }>>().toEqualTypeOf<"a" | "b">();
    expectTypeOf<ValueOf<{ kind: "enum"; values: readonly [1] }>>().toEqualTypeOf<1>();
    expectTypeOf<ValueOf<{ kind: "enum"; values: readonly [1, "a"] }>>().toEqualTypeOf<1 | "a">();
    expectTypeOf<ValueOf<{ kind: "enum"; values: readonly string[] }>>().toEqualTypeOf<string>();
  });

  test("a number is one, whatever its bounds and its unit", () => {
    expectTypeOf<ValueOf<{ kind: "number" }>>().toEqualTypeOf<number>();
    expectTypeOf<ValueOf<{ kind: "integer"; least: 1; most: 9 }>>().toEqualTypeOf<number>();
    expectTypeOf<ValueOf<{ kind: "number"; unit: "seconds" }>>().toEqualTypeOf<number>();
  });

  test("details are flat, and both ways to treat an excess have the same type", () => {
    expectTypeOf<ValueOf<{ kind: "details"; excess: "cut" }>>().toEqualTypeOf<WireDetails>();
    expectTypeOf<ValueOf<{ kind: "details"; excess: "refused" }>>().toEqualTypeOf<WireDetails>();
    expectTypeOf<{ a: { b: 1 } }>().not.toExtend<WireDetails>();
    expectTypeOf<{ a: null }>().not.toExtend<WireDetails>();
    expectTypeOf<{ a: 1; b: "c"; d: true }>().toExtend<WireDetails>();
  });

  test("counts have their own keys, none of which is required", () => {
    type Counts = ValueOf<{ kind: "counts"; keys: readonly ["lost", "late"]; most: 9 }>;
    expectTypeOf<Counts>().toEqualTypeOf<{ lost?: number; late?: number }>();
    expectTypeOf<{ early: 1 }>().not.toExtend<Counts>();
  });

  test("what is read later is unknown until then", () => {
    expectTypeOf<ValueOf<{ kind: "list"; least: 1; most: 9; of: "event" }>>().toEqualTypeOf<unknown[]>();
    expectTypeOf<ValueOf<{ kind: "object" }>>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf<ValueOf<{ kind: "anything" }>>().toEqualTypeOf<unknown>();
  });
});

describe("an object of declared fields", () => {
  const fields = {
    name: { kind: "text", most: 9 },
    size: { kind: "enum", values: ["s", "m"], optional: true },
  } as const satisfies Fields;
  type Declared = ObjectOf<typeof fields>;

  test("may lack those that are optional, and can be written", () => {
    expectTypeOf<Declared>().toEqualTypeOf<{ name: string; size?: "s" | "m" }>();
    expectTypeOf<{ name: string }>().toExtend<Declared>();
    expectTypeOf<{ size: "s" }>().not.toExtend<Declared>();
  });

  test("has no undefined in place of a missing field: JSON has none", () => {
    expectTypeOf<{ name: string; size: undefined }>().not.toExtend<Declared>();
  });
});

describe("a declaration", () => {
  test("names one of the kinds, with what that kind needs", () => {
    expectTypeOf<{ kind: "text"; most: number }>().toExtend<Field>();
    expectTypeOf<{ kind: "text" }>().not.toExtend<Field>();
    expectTypeOf<{ kind: "date" }>().not.toExtend<Field>();
    expectTypeOf<{ kind: "pattern"; pattern: RegExp }>().not.toExtend<Field>();
    expectTypeOf<{ kind: "details" }>().not.toExtend<Field>();
    expectTypeOf<{ kind: "number"; unit: "minutes" }>().not.toExtend<Field>();
  });

  test("is refused by a code of the protocol", () => {
    expectTypeOf<{ kind: "anything"; reason: "bad_amount" }>().toExtend<Field>();
    expectTypeOf<{ kind: "anything"; reason: "bad_batch_id" }>().toExtend<Field>();
    expectTypeOf<{ kind: "anything"; reason: "bad_luck" }>().not.toExtend<Field>();
  });

  test("is optional or says nothing: false would be a third way to say it", () => {
    expectTypeOf<{ kind: "anything"; optional: true }>().toExtend<Field>();
    expectTypeOf<{ kind: "anything"; optional: false }>().not.toExtend<Field>();
  });
});

describe("the declared objects of the wire", () => {
  test("have the version as its number", () => {
    expectTypeOf<BatchEnvelope["v"]>().toEqualTypeOf<1>();
    expectTypeOf<BatchEnvelope["seq"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<BatchEnvelope["events"]>().toEqualTypeOf<unknown[]>();
  });

  test("have losses by the reasons of their sender", () => {
    expectTypeOf<NonNullable<BatchEnvelope["dropped"]>>().toHaveProperty("consent");
    expectTypeOf<{ luck: 1 }>().not.toExtend<NonNullable<BatchEnvelope["dropped"]>>();
  });

  test("let a service leave out its tags", () => {
    expectTypeOf<{ name: "a"; value: 1 }>().toExtend<IngestItem>();
    expectTypeOf<{ name: "a" }>().not.toExtend<IngestItem>();
  });
});

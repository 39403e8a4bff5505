import type { Field, Fields } from "@rumkit/protocol";
import { type ReadField, readerOf } from "./fieldReaders.ts";

/** The readers of an object's fields by name, and the names of the fields that it must have. */
export interface ObjectShape {
  readonly fields: Readonly<Record<string, ReadField>>;
  readonly required: readonly string[];
}

/** Creates the readers of declared fields. */
export function toShape(fields: Fields): ObjectShape {
  // Without a prototype: `toString` is not a field.
  const readers = Object.create(null) as Record<string, ReadField>;
  for (const [name, field] of Object.entries(fields)) readers[name] = sharedReaderOf(field);
  return { fields: readers, required: Object.keys(fields).filter((name) => !fields[name]!.optional) };
}

const shared = new Map<Field, ReadField>();

/** Returns one reader for a field that several objects share: V8 calls one function faster than several equal ones. */
function sharedReaderOf(field: Field): ReadField {
  const reader = shared.get(field) ?? readerOf(field);
  shared.set(field, reader);
  return reader;
}

/**
 * Reads an object by its shape. Returns the object itself if it needs no change, else a copy without unknown keys and
 * with cut text. If a field is missing or invalid, returns the name of the first such field: a string, because creating
 * an error would make a refusal expensive.
 */
export function readObject(
  value: Readonly<Record<string, unknown>>,
  { fields, required }: ObjectShape,
): Readonly<Record<string, unknown>> | string {
  let isChanged = false;
  for (const key in value) {
    const read = fields[key];
    if (read === undefined) {
      isChanged = true;
      continue;
    }
    const taken = read(value[key]);
    if (taken === undefined) return key;
    isChanged ||= taken !== value[key];
  }
  for (const name of required) {
    if (value[name] === undefined) return name;
  }
  return isChanged ? copyKnown(value, fields) : value;
}

function copyKnown(
  value: Readonly<Record<string, unknown>>,
  fields: ObjectShape["fields"],
): Readonly<Record<string, unknown>> {
  const known = Object.entries(value).filter(([key]) => fields[key] !== undefined);
  return Object.fromEntries(known.map(([key, field]) => [key, fields[key]?.(field)]));
}

/** Returns the code of a refusal because of this field: numbers have a separate one. */
export function codeOfKind<Code>({ kind }: Field, codes: Readonly<Record<"number" | "other", Code>>): Code {
  return kind === "number" || kind === "integer" ? codes.number : codes.other;
}

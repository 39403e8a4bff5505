import type { Field, Fields } from "@rumkit/protocol";
import { type ReadField, readerOf } from "./fieldReaders.ts";

/** A field of an object. */
interface ShapeField {
  readonly read: ReadField;
  /** 1 for a field that the object must have, else 0. */
  readonly required: 0 | 1;
  /** The length of text that is taken as it is; no length fits for a field that is not plain text. */
  readonly least: number;
  readonly most: number;
}

/** The fields of an object by name, and the names of those that it must have. */
export interface ObjectShape {
  readonly fields: Readonly<Record<string, ShapeField>>;
  readonly required: readonly string[];
}

/** Creates the readers of declared fields. */
export function toShape(fields: Fields): ObjectShape {
  // Without a prototype: `toString` is not a field.
  const readers = Object.create(null) as Record<string, ShapeField>;
  for (const [name, field] of Object.entries(fields)) readers[name] = toShapeField(field);
  return { fields: readers, required: Object.keys(fields).filter((name) => !fields[name]!.optional) };
}

function toShapeField(field: Field): ShapeField {
  const isText = field.kind === "text" && !field.fromAny;
  return {
    read: sharedReaderOf(field),
    required: field.optional ? 0 : 1,
    least: isText ? (field.least ?? 0) : 1,
    most: isText ? field.most : 0,
  };
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
  let present = 0;
  for (const key in value) {
    const field = fields[key];
    if (field === undefined) {
      isChanged = true;
      continue;
    }
    const entry = value[key];
    present += field.required;
    // Most fields are short text, which needs no call of a reader.
    if (typeof entry === "string" && isTakenAsIs(entry, field)) continue;
    const taken = field.read(entry);
    if (taken === undefined) return key;
    if (taken !== entry) isChanged = true;
  }
  if (present < required.length) return required.find((name) => value[name] === undefined)!;
  return isChanged ? copyKnown(value, fields) : value;
}

function isTakenAsIs(text: string, { least, most }: ShapeField): boolean {
  return text.length <= most && text.length >= least && text.isWellFormed();
}

function copyKnown(
  value: Readonly<Record<string, unknown>>,
  fields: ObjectShape["fields"],
): Readonly<Record<string, unknown>> {
  const known = Object.entries(value).filter(([key]) => fields[key] !== undefined);
  return Object.fromEntries(known.map(([key, field]) => [key, fields[key]?.read(field)]));
}

/** Returns the code of a refusal because of this field: numbers have a separate one. */
export function codeOfKind<Code>({ kind }: Field, codes: Readonly<Record<"number" | "other", Code>>): Code {
  return kind === "number" || kind === "integer" ? codes.number : codes.other;
}

import { type Field, type Fields, MAX_DETAILS, MAX_NAME, MAX_TEXT } from "@rumkit/protocol";
import { describeValue } from "../base/shape.ts";
import { isObject, readerOf, type ReadField } from "./fieldReaders.ts";

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

/** Returns one sentence for each missing or invalid field, for development. */
export function explainFields(fields: Fields, value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields)
    .filter(([name, field]) =>
      value[name] === undefined ? !field.optional : readerOf(field)(value[name]) === undefined,
    )
    .map(([name, field]) => explainField(field, name, value[name]));
}

/**
 * Returns a sentence with the invalid field, its rule and its value: `value must be a number from 0 to 600, not null.`
 * For an object it names the first invalid key: `details.size must be …`.
 *
 * @param value A value that the field's reader refuses; undefined if the field is missing.
 */
export function explainField(field: Field, name: string, value: unknown): string {
  if (value === undefined) return `${name} is missing. It must be ${requirementOf(field)}.`;
  const key = isObject(value) ? firstBadKey(field, value) : undefined;
  if (key === undefined)
    return `${name} must be ${requirementOf(field)}, not ${describeGiven(field, value)}.`;
  const entry = (value as Readonly<Record<string, unknown>>)[key];
  if (key.length > MAX_NAME) return `${name} has a key of ${key.length} characters; ${MAX_NAME} at most.`;
  return `${name}.${key} must be ${entryOf(field)}, not ${describeEntry(entry)}.`;
}

/** Returns the first key whose value is invalid. Undefined if only the number of keys is. */
function firstBadKey(field: Field, value: Readonly<Record<string, unknown>>): string | undefined {
  if (field.kind !== "details" && field.kind !== "counts") return undefined;
  const read = readerOf(field);
  return Object.keys(value).find((key) => read({ [key]: value[key] }) === undefined);
}

function requirementOf(field: Field): string {
  switch (field.kind) {
    case "text":
      return field.least ? "text that is not empty" : "text";
    case "pattern":
      return field.words;
    case "enum": {
      const values = field.values.map((value) => JSON.stringify(value));
      return values.length > 1 ? `one of ${values.join(", ")}` : values.join();
    }
    case "number":
      return `a number${boundsOf(field)}`;
    case "integer":
      return `an integer${boundsOf(field)}`;
    case "details":
      return field.excess === "cut"
        ? "an object of text, numbers and booleans"
        : `an object of text, numbers and booleans, ${MAX_DETAILS} keys at most`;
    case "counts":
      return "an object of counts";
    case "list":
      return `an array of ${field.least} to ${field.most} ${field.of}s`;
    case "object":
      return "an object";
    case "anything":
      return "any value";
  }
}

function entryOf(field: Field): string {
  if (field.kind === "counts") return "an integer from 0";
  const text =
    field.kind === "details" && field.excess === "refused"
      ? `text of ${MAX_TEXT} characters at most`
      : "text";
  return `${text}, a number or a boolean`;
}

function boundsOf({ least, most }: { readonly least?: number; readonly most?: number }): string {
  const from = least === undefined ? "" : ` from ${least}`;
  return most === undefined ? from : `${from} to ${most}`;
}

function describeGiven(field: Field, value: unknown): string {
  if (field.kind === "list" && Array.isArray(value)) return `of ${value.length}`;
  if (field.kind === "details" && isObject(value)) return `of ${Object.keys(value).length} keys`;
  return describeValue(value);
}

function describeEntry(value: unknown): string {
  return typeof value === "string" ? `text of ${value.length}` : describeValue(value);
}

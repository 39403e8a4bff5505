import { MAX_DETAILS, MAX_NAME, MAX_TEXT, type WireDetails } from "@rumkit/protocol";

/**
 * Reads a value of a body: what is taken of it, the same value wherever nothing has to be changed, or
 * undefined where it is not allowed. JSON knows no undefined.
 */
export type ReadField = (value: unknown) => unknown;

/** Text that is cut rather than refused, and never half a surrogate pair: a long message is no fault. */
export function readText(longest: number, shortest = 0): ReadField {
  return (value) => {
    if (typeof value !== "string") return undefined;
    const cut = cutText(value, longest);
    return cut.length >= shortest ? cut : undefined;
  };
}

function cutText(text: string, longest: number): string {
  return (text.length > longest ? text.slice(0, longest) : text).toWellFormed();
}

/** A number from `least` to `most`, both included. NaN is none. */
export function readNumber(least: number, most: number): ReadField {
  return (value) => (typeof value === "number" && value >= least && value <= most ? value : undefined);
}

/** An integer that a double holds exactly, from `least` to `most`. */
export function readInteger(least: number, most = Number.MAX_SAFE_INTEGER): ReadField {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? value
      : undefined;
}

/** What is judged later. */
export const readAnything: ReadField = (value) => value;

/** One word of a closed set. */
export function readWord(words: readonly string[]): ReadField {
  const known: ReadonlySet<unknown> = new Set(words);
  return (value) => (known.has(value) ? value : undefined);
}

/** Text of a pattern. */
export function readPattern(pattern: RegExp): ReadField {
  return (value) => (typeof value === "string" && pattern.test(value) ? value : undefined);
}

/** A flat object of texts, numbers and booleans. */
export function readDetails(value: unknown): WireDetails | undefined {
  if (!isObject(value)) return undefined;
  let keys = 0;
  let isChanged = false;
  for (const key in value) {
    if (key === PROTOTYPE) {
      isChanged = true;
      continue;
    }
    keys += 1;
    if (key.length > MAX_NAME || keys > MAX_DETAILS) isChanged = true;
    const entry = value[key];
    if (typeof entry === "string") isChanged ||= cutText(entry, MAX_TEXT) !== entry;
    else if (typeof entry !== "boolean" && !Number.isFinite(entry)) return undefined;
  }
  return isChanged ? cutDetails(value) : (value as WireDetails);
}

/** Of details that are not allowed the first value that is not; of anything else itself. */
export function firstBadDetail(value: unknown): unknown {
  if (!isObject(value)) return value;
  for (const key in value) {
    const entry = { [key]: value[key] };
    if (readDetails(entry) === undefined) return entry;
  }
  return value;
}

/** The one key that JSON can give an object and an assignment cannot. */
export const PROTOTYPE = "__proto__";

/** The keys of details that are kept: not too long, and the first ones where they are too many. */
export function takenKeys(details: object): string[] {
  const keys = Object.keys(details).filter((key) => key !== PROTOTYPE && key.length <= MAX_NAME);
  return keys.slice(0, MAX_DETAILS);
}

function cutDetails(value: Readonly<Record<string, unknown>>): WireDetails {
  return Object.fromEntries(
    takenKeys(value).map((key) => {
      const entry = value[key];
      return [key, typeof entry === "string" ? cutText(entry, MAX_TEXT) : entry];
    }),
  ) as WireDetails;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of an object by name, and which of them it has to have. */
export interface ObjectShape {
  readonly fields: Readonly<Record<string, ReadField>>;
  readonly required: readonly string[];
}

/** Describes an object. A name of `required` has to be one of `fields`. */
export function describeShape(
  fields: Readonly<Record<string, ReadField>>,
  required: readonly string[],
): ObjectShape {
  // Without a prototype: `toString` is no field.
  return { fields: Object.assign(Object.create(null) as Record<string, ReadField>, fields), required };
}

/**
 * Reads an object by its shape: itself where nothing of it has to be changed, a copy without unknown keys and
 * with cut text where something has. Where a field is not allowed or missing, the name of the first such field: text,
 * so that a refusal need not look again.
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

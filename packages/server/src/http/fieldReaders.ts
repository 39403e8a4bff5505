import { type Field, MAX_DETAILS, MAX_NAME, MAX_TEXT, type WireDetails } from "@rumkit/protocol";

/**
 * Reads a value of a body. Returns the value itself, a corrected copy, or undefined for an invalid value: JSON has no
 * undefined.
 */
export type ReadField = (value: unknown) => unknown;

/** Creates the reader of a declared field. */
export function readerOf(field: Field): ReadField {
  switch (field.kind) {
    case "text": {
      const read = readText(field.most, field.least);
      return field.fromAny ? (value) => read(textOf(value)) : read;
    }
    case "pattern":
      return readPattern(field.pattern);
    case "enum":
      return readEnum(field.values);
    case "number":
      return readNumber(field.least ?? -Number.MAX_VALUE, field.most ?? Number.MAX_VALUE);
    case "integer":
      return readInteger(field.least ?? Number.MIN_SAFE_INTEGER, field.most ?? Number.MAX_SAFE_INTEGER);
    case "details":
      return field.excess === "cut" ? readDetails : readTags;
    case "counts":
      return readCounts(field.keys, field.most);
    case "list":
      return readList(field.least, field.most);
    case "object":
      return field.optional ? readObjectOrNull : readPlainObject;
    case "anything":
      return (value) => value;
  }
}

/** Cuts long text, but never within a surrogate pair. */
function readText(longest: number, shortest = 0): ReadField {
  return (value) => {
    if (typeof value !== "string") return undefined;
    const cut = cutText(value, longest);
    return cut.length >= shortest ? cut : undefined;
  };
}

/** A number or a boolean as text. Empty text, which is treated as missing, for null, objects and arrays. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : "";
}

function cutText(text: string, longest: number): string {
  return (text.length > longest ? text.slice(0, longest) : text).toWellFormed();
}

/** NaN fails both comparisons, so it is refused. */
function readNumber(least: number, most: number): ReadField {
  return (value) => (typeof value === "number" && value >= least && value <= most ? value : undefined);
}

function readInteger(least: number, most: number): ReadField {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? value
      : undefined;
}

function readEnum(values: readonly unknown[]): ReadField {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value) => (known.has(value) ? value : undefined);
}

function readPattern(pattern: RegExp): ReadField {
  return (value) => (typeof value === "string" && pattern.test(value) ? value : undefined);
}

function readList(least: number, most: number): ReadField {
  return (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most ? value : undefined;
}

function readPlainObject(value: unknown): unknown {
  return isObject(value) ? value : undefined;
}

function readObjectOrNull(value: unknown): unknown {
  return value === null || isObject(value) ? value : undefined;
}

/** Drops unknown keys. Returns the object itself if it needs no change. */
function readCounts(keys: readonly string[], most: number): ReadField {
  const readCount = readInteger(0, Number.MAX_SAFE_INTEGER);
  const known: ReadonlySet<string> = new Set(keys);
  return (value) => {
    if (!isObject(value)) return undefined;
    const counts: Record<string, number> = {};
    let isChanged = false;
    for (const key in value) {
      if (!known.has(key)) {
        isChanged = true;
        continue;
      }
      const count = readCount(value[key]) as number | undefined;
      if (count === undefined) return undefined;
      isChanged ||= count > most;
      counts[key] = Math.min(count, most);
    }
    return isChanged ? counts : value;
  };
}

/** The one key that an assignment cannot create, although `JSON.parse` can. */
const PROTOTYPE = "__proto__";

/** Reads details, and cuts what exceeds the limits. */
function readDetails(value: unknown): WireDetails | undefined {
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

/** Leaves out keys that are too long, and keys after the first `MAX_DETAILS`. */
function cutDetails(value: Readonly<Record<string, unknown>>): WireDetails {
  const taken = Object.keys(value).filter((key) => key !== PROTOTYPE && key.length <= MAX_NAME);
  return Object.fromEntries(
    taken.slice(0, MAX_DETAILS).map((key) => {
      const entry = value[key];
      return [key, typeof entry === "string" ? cutText(entry, MAX_TEXT) : entry];
    }),
  ) as WireDetails;
}

/** Reads details, and refuses those that exceed the limits. */
function readTags(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  let keys = 0;
  for (const key in value) {
    if (key === PROTOTYPE) continue;
    keys += 1;
    if (keys > MAX_DETAILS || !isTag(key, value[key])) return undefined;
  }
  return Object.hasOwn(value, PROTOTYPE)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== PROTOTYPE))
    : value;
}

function isTag(key: string, value: unknown): boolean {
  if (key.length > MAX_NAME) return false;
  return typeof value === "string"
    ? value.length <= MAX_TEXT
    : typeof value === "boolean" || Number.isFinite(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

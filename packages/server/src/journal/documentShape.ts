/**
 * The type of a kept document, or of one of its fields. `[shape]` is a list of such values. Fields that an object does not name
 * are not looked at, so that a later version can add some.
 */
export type DocumentShape =
  | "anything"
  | "text"
  | "number"
  | "flag"
  | "object"
  | readonly [DocumentShape]
  | { readonly [field: string]: DocumentShape };

/**
 * Parses documents. One that is not JSON or has another shape is left out: a damaged one, or one of another version, costs what
 * it held, and never a start.
 */
export function parseDocuments<T>(
  documents: Iterable<readonly [key: string, text: string]>,
  shape: DocumentShape,
): [key: string, value: T][] {
  return [...documents].flatMap(([key, text]) => {
    const value = parse(text);
    return value !== undefined && hasShape(value, shape) ? [[key, value as T]] : [];
  });
}

function hasShape(value: unknown, shape: DocumentShape): boolean {
  if (typeof shape === "string") return IS[shape](value);
  if (isList(shape)) return Array.isArray(value) && value.every((each) => hasShape(each, shape[0]));
  if (!IS.object(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(
    ([field, of]) => Object.hasOwn(fields, field) && hasShape(fields[field], of),
  );
}

const IS: Readonly<Record<Extract<DocumentShape, string>, (value: unknown) => boolean>> = {
  anything: () => true,
  text: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  flag: (value) => typeof value === "boolean",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

function isList(shape: DocumentShape): shape is readonly [DocumentShape] {
  return Array.isArray(shape);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

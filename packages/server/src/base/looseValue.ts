/**
 * Returns a value as text, also if plain JavaScript passes another type than a text where one is expected: a primitive
 * as it prints, any other value as the name of its type. Never throws.
 */
export function anyText(value: unknown): string {
  if (typeof value === "string") return value;
  return ["object", "function", "symbol"].includes(typeof value) && value !== null
    ? typeof value
    : String(value);
}

/** False for undefined, and for null, which databases and JSON have in its place. */
export function isGiven<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

/** Returns options as they are, and anything that is not an object as none. */
export function optionsIn<Options extends object>(given: Options | undefined): Partial<Options> {
  return typeof given === "object" && given !== null ? given : {};
}

/** Maximum UTF-16 units of what an error of the app says. */
const MAX_ERROR_TEXT = 1_000;

/** Returns what the app's code has thrown as text: its own class and message. Never throws. */
export function errorText(error: unknown): string {
  try {
    return String(error).slice(0, MAX_ERROR_TEXT);
  } catch {
    return `a value of type ${typeof error}`;
  }
}

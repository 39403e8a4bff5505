import { readTokens, type Token, unquoted } from "./sourceTokens.ts";

/** A place in a source, as editors show it. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/**
 * Finds the places of values in the literal of a catalog. A name instead of a value is followed to its `const` in the
 * same source: `labels` is found at its key, and an element of it in the list of that constant.
 *
 * @returns A function of a path: the place of its key or element, or of the deepest key on the path that the source
 *   contains. Undefined if the source has no such literal, for example if code builds the catalog.
 */
export function createPlaceFinder(source: string): (path: readonly (string | number)[]) => Place | undefined {
  const tokens = readTokens(source).code;
  const root = findLiteral(tokens);
  return (path) => (root === undefined ? undefined : placeAt(source, tokens[follow(tokens, root, path)]!.at));
}

/** Returns the line and the column of an offset. */
export function placeAt(source: string, at: number): Place {
  const lines = source.slice(0, at).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** Follows a path from the `{` of a literal. Returns the token of the last key or element that is there. */
function follow(tokens: readonly Token[], root: number, path: readonly (string | number)[]): number {
  let found = root;
  let value = root;
  for (const part of path) {
    const open = findOpen(tokens, value);
    if (open === undefined) break;
    const next =
      typeof part === "number" ? findElement(tokens, open, part) : findKeyOrSpread(tokens, open, part);
    if (next === undefined) break;
    found = next;
    value = tokens[next + 1]?.text === ":" ? next + 2 : next;
  }
  return found;
}

/** Returns the `{` or `[` of a value: it is there, in a call of one literal, or at the constant that the value names. */
function findOpen(tokens: readonly Token[], value: number, depth = 0): number | undefined {
  const text = tokens[value]?.text ?? "";
  if (isOpening(text) && text !== "(") return value;
  if (text === "(") return findOpen(tokens, value + 1, depth);
  if (!/^[a-zA-Z_$]/.test(text) || depth > MOST_NAMES) return undefined;
  const next = tokens[value + 1]?.text;
  if (next === "(") return findOpen(tokens, value + 2, depth + 1);
  if (next === ".") return undefined;
  const initial = findConstant(tokens, text);
  return initial === undefined ? undefined : findOpen(tokens, initial, depth + 1);
}

/** A constant may name another one; a circle of names ends here. */
const MOST_NAMES = 8;

/** Returns the first token after `=` of a constant. */
function findConstant(tokens: readonly Token[], name: string): number | undefined {
  const declared = tokens.findIndex(
    ({ text }, index) => text === name && /^(?:const|let|var)$/.test(tokens[index - 1]?.text ?? ""),
  );
  if (declared < 0) return undefined;
  for (let index = declared + 1; index < tokens.length; index += 1) {
    const { text } = tokens[index]!;
    if (text === "=") return index + 1;
    if (/^(?:const|let|var|export|function)$/.test(text)) return undefined;
  }
  return undefined;
}

/** Finds the `{` of the catalog: a literal with the parts of a catalog as keys, of no type. */
function findLiteral(tokens: readonly Token[]): number | undefined {
  const literals = tokens.flatMap(({ text }, index) =>
    text === "{" && !isType(tokens, index) ? [index] : [],
  );
  const has = (key: string) => (open: number) => findKey(tokens, open, key) !== undefined;
  return (
    literals.filter(has("app")).find(has("routes")) ??
    literals.find(has("app")) ??
    literals.find(has("routes"))
  );
}

/** True for the `{` of an interface, of a type, and of names that are imported, exported or taken out of an object. */
function isType(tokens: readonly Token[], open: number): boolean {
  const before = tokens[open - 1]?.text ?? "";
  const named = tokens.slice(Math.max(0, open - 3), open).map(({ text }) => text);
  return (
    /^(?:import|export|type|const|let|var)$/.test(before) ||
    named.includes("interface") ||
    named.includes("type")
  );
}

/** Finds a key in a literal, or else in the constants that are spread into it. */
function findKeyOrSpread(tokens: readonly Token[], open: number, key: string): number | undefined {
  const own = findKey(tokens, open, key);
  if (own !== undefined || tokens[open]?.text !== "{") return own;
  const spread = directTokens(tokens, open).filter((index) => tokens[index]?.text === "...");
  return spread
    .flatMap((index) => findOpen(tokens, index + 1) ?? [])
    .map((inner) => findKey(tokens, inner, key))
    .find((found) => found !== undefined);
}

/** Finds the token of a key in the literal that opens at a token, but not in nested literals. */
function findKey(tokens: readonly Token[], open: number, key: string): number | undefined {
  if (tokens[open]?.text !== "{") return undefined;
  return directTokens(tokens, open).find((index) => {
    const { text } = tokens[index]!;
    if (unquoted(text) !== key) return false;
    const next = tokens[index + 1]?.text;
    if (next === ":") return true;
    const isFirst = index === open + 1 || tokens[index - 1]?.text === ",";
    return isFirst && text === key && (next === "," || next === "}");
  });
}

/** Finds the first token of an element. Undefined behind elements that are spread from elsewhere. */
function findElement(tokens: readonly Token[], open: number, place: number): number | undefined {
  if (tokens[open]?.text !== "[") return undefined;
  let elements = 0;
  for (const index of directTokens(tokens, open)) {
    const { text } = tokens[index]!;
    if (text === "...") return undefined;
    if (text === ",") elements += 1;
    else if (elements === place) return index;
  }
  return undefined;
}

/** The tokens of a literal, without those inside of nested brackets. */
function directTokens(tokens: readonly Token[], open: number): number[] {
  const direct: number[] = [];
  let depth = 0;
  for (let index = open + 1; index < tokens.length && depth >= 0; index += 1) {
    const { text } = tokens[index]!;
    if (/^[}\])]$/.test(text)) depth -= 1;
    else if (depth === 0) direct.push(index);
    if (isOpening(text)) depth += 1;
  }
  return direct;
}

function isOpening(text: string): boolean {
  return text === "{" || text === "[" || text === "(";
}

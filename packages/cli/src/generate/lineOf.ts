/** Strings and comments whole, so that no brace in them counts. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[{}[\]():,]|[\w$]+/g;

interface Token {
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

/**
 * The line, from 1, on which the value at a path of an object literal begins: of the last key that is written out.
 * Undefined where the source has no such literal, as of a catalog that is put together by code.
 */
export function lineOf(source: string, path: readonly (string | number)[]): number | undefined {
  const tokens = [...source.matchAll(TOKEN)]
    .map((match) => ({ text: match[0], at: match.index }))
    .filter(({ text }) => !text.startsWith("//") && !text.startsWith("/*"));
  let inside = findLiteral(tokens);
  if (inside === undefined) return undefined;
  let found = inside - 1;
  for (const key of path) {
    if (typeof key === "number") break;
    const at = findKey(tokens, inside, key);
    if (at === undefined) break;
    found = at;
    if (tokens[at + 2]?.text !== "{") break;
    inside = at + 3;
  }
  const { at = 0 } = tokens[found] ?? {};
  return source.slice(0, at).split("\n").length;
}

/** The first token inside of the catalog: the literal that has its parts as keys. */
function findLiteral(tokens: readonly Token[]): number | undefined {
  for (let index = 0; index < tokens.length; index += 1) {
    if (tokens[index]?.text !== "{") continue;
    if (["app", "routes"].some((key) => findKey(tokens, index + 1, key) !== undefined)) return index + 1;
  }
  return undefined;
}

/** The token of a key of the literal that is open at a token; not of one in a literal inside of it. */
function findKey(tokens: readonly Token[], inside: number, key: string): number | undefined {
  let depth = 0;
  for (let index = inside; index < tokens.length && depth >= 0; index += 1) {
    const { text } = tokens[index]!;
    if (/^[{[(]$/.test(text)) depth += 1;
    else if (/^[}\])]$/.test(text)) depth -= 1;
    else if (depth === 0 && tokens[index + 1]?.text === ":" && unquoted(text) === key) return index;
  }
  return undefined;
}

function unquoted(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text;
}

/** Matches whole strings and comments, so that braces in them do not count. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[{}[\]():,]|[\w$]+/g;

interface Token {
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

/**
 * Returns the line, from 1, of the value at a path of an object literal, or of the deepest key on the path that the
 * source contains. Undefined if the source has no such literal, for example if code builds the catalog.
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

/** Finds the first token inside the catalog: the literal that has the parts of a catalog as keys. */
function findLiteral(tokens: readonly Token[]): number | undefined {
  for (let index = 0; index < tokens.length; index += 1) {
    if (tokens[index]?.text !== "{") continue;
    if (["app", "routes"].some((key) => findKey(tokens, index + 1, key) !== undefined)) return index + 1;
  }
  return undefined;
}

/** Finds the token of a key in the literal that is open at a token, but not in nested literals. */
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

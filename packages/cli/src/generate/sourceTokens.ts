/** Matches whole strings and comments, so that braces in them do not count. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\.{3}|=>|[{}[\]():,=.]|[\w$]+/g;

export interface Token {
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

/** The tokens of a source, and its comments apart. Numbers, operators and regular expressions may be left out. */
export interface Tokens {
  readonly code: readonly Token[];
  readonly comments: readonly Token[];
}

/** Splits a source in JavaScript, TypeScript or JSON. Never throws. */
export function readTokens(source: string): Tokens {
  const tokens = [...source.matchAll(TOKEN)].map((match) => ({ text: match[0], at: match.index }));
  return {
    code: tokens.filter((token) => !isComment(token)),
    comments: tokens.filter(isComment),
  };
}

function isComment({ text }: Token): boolean {
  return text.startsWith("//") || text.startsWith("/*");
}

/** The text of a key or a string, without its quotes. */
export function unquoted(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text;
}

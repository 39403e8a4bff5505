import { NONE, OTHER_VALUE } from "../../metrics/labelValues.ts";

/** The labels of a query. */
export interface QueryKind {
  /** One of `OPERATIONS`, or `other`. */
  readonly operation: string;
  /**
   * The first table that it reads or writes, without its schema; `none`, or `other` for a name that is not a plain
   * one.
   */
  readonly table: string;
}

/** SQL's verbs, as far as applications send them. */
const OPERATIONS: ReadonlySet<string> = new Set([
  "select",
  "insert",
  "update",
  "delete",
  "merge",
  "replace",
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "release",
  "create",
  "alter",
  "drop",
  "truncate",
  "copy",
  "call",
  "set",
  "pragma",
]);

/** Verbs that may follow `WITH … AS (…)`: the operation of the query. */
const AFTER_WITH: ReadonlySet<string> = new Set(["select", "insert", "update", "delete", "merge"]);

/** The keyword before the table, by verb. Other verbs get no table label. */
const BEFORE_TABLE: Readonly<Record<string, string>> = {
  select: "from",
  delete: "from",
  insert: "into",
  replace: "into",
  merge: "into",
  update: "update",
  copy: "copy",
  truncate: "truncate",
};

/** Words that may be between that keyword and the table. */
const PASSED_OVER: ReadonlySet<string> = new Set(
  "only table or ignore rollback abort replace fail low_priority delayed quick lateral into".split(" "),
);

/** Words that begin a query within parentheses. */
const BEGINS_QUERY: ReadonlySet<string> = new Set(["select", "with", "(", "insert", "update", "delete"]);

/** Characters that are read: the table is near the start, and a query may have megabytes of values. */
const MAX_READ = 4_000;

/** A name that can be a label: one that was not written by a user. PostgreSQL cuts names at 63 characters. */
const PLAIN_NAME = /^[A-Za-z_][\w$]{0,62}$/;

/**
 * One token. Every alternative is linear: comments, strings and dollar quotes are skipped whole, so that no text
 * within them is read as a word. Comments that only MySQL has count as comments: a line that begins with `#`.
 */
const TOKEN =
  /--[^\n]*|(?<=^|\n)#[^\n]*|\/\*[^]*?\*\/|\/\*|'(?:[^'\\]|''|\\[^])*'|\$\d+|\$(?<tag>(?:[A-Za-z_]\w*)?)\$[^]*?\$\k<tag>\$|"(?:[^"\\]|""|\\[^])*"|`[^`]*`|\[\w[^\]]*\]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[(),.;]|[^]/gy;

/** Tokens without an end: the rest of the text may be a value. */
const OPEN_QUOTE: ReadonlySet<string> = new Set(["'", '"', "`", "$", "/*"]);

/**
 * Tokens that end at different positions in PostgreSQL and MySQL, so that the rest may be a value in one of them: a
 * string with a backslash before a quote, and a comment within a comment.
 */
const AMBIGUOUS = /^['"][^]*\\['"]|^\/\*[^]*\/\*/;

/**
 * The tokens of a query that matter, and its common table expressions: the position at which the query in each
 * begins, -1 within itself.
 */
interface Words {
  readonly words: readonly string[];
  readonly ctes: ReadonlyMap<string, number>;
}

/**
 * Returns the operation of a query and its table, but none of its values. Takes a few microseconds, so the caller
 * caches the result.
 */
export function describeQuery(sql: string): QueryKind {
  const words = readWords(sql.slice(0, MAX_READ));
  const first = words.findIndex((word) => word !== "(");
  const { verbAt, ctes } =
    lower(words[first]) === "with" ? readWith(words, first) : { verbAt: first, ctes: new Map() };
  const verb = lower(words[verbAt]);
  // Synonyms in MySQL and PostgreSQL.
  const operation = verb === "start" ? "begin" : verb === "end" ? "commit" : verb;
  if (!OPERATIONS.has(operation)) return { operation: OTHER_VALUE, table: NONE };
  return { operation, table: findTable({ words, ctes }, verbAt, operation) };
}

/** Returns the tokens that matter: names as they are written, quoted ones with their quotes, and punctuation. */
function readWords(sql: string): string[] {
  const words: string[] = [];
  for (const [token] of sql.matchAll(TOKEN)) {
    if (OPEN_QUOTE.has(token) || AMBIGUOUS.test(token)) break;
    if (/^(?:[A-Za-z_"`(),.;\u0080-\uffff]|\[\w)/.test(token)) words.push(token);
  }
  return words;
}

/**
 * Reads `WITH a AS (…), b AS (…)`: the position at which each query begins, and the verb of the query that uses them.
 */
function readWith(words: readonly string[], withAt: number): { verbAt: number; ctes: Map<string, number> } {
  const ctes = new Map<string, number>();
  let depth = 0;
  for (let at = withAt + 1; at < words.length; at += 1) {
    const word = lower(words[at]);
    if (word === ")") depth -= 1;
    if (depth === 0 && AFTER_WITH.has(word)) return { verbAt: at, ctes };
    if (word !== "(") continue;
    const named = depth === 0 ? cteName(words, at) : undefined;
    if (named !== undefined) ctes.set(named, at + 1);
    depth += 1;
  }
  return { verbAt: -1, ctes };
}

/** Returns the name before `AS (` or `AS NOT MATERIALIZED (`, past a list of columns. */
function cteName(words: readonly string[], open: number): string | undefined {
  let at = open - 1;
  while (["materialized", "not"].includes(lower(words[at]))) at -= 1;
  if (lower(words[at]) !== "as") return undefined;
  at -= 1;
  if (words[at] === ")") while (at > 0 && words[at] !== "(") at -= 1;
  return nameOf(words[words[at] === "(" ? at - 1 : at]);
}

function findTable(query: Words, verbAt: number, operation: string, depth = 0): string {
  const before = BEFORE_TABLE[operation];
  // Limits the recursion, because a hostile text can nest queries arbitrarily deep.
  if (before === undefined || depth > 20) return NONE;
  const { words } = query;
  const found = findBefore(words, verbAt, before);
  if (found.at < 0) return found.inner < 0 ? NONE : findInner(query, found.inner, depth);
  let at = found.at + 1;
  while (PASSED_OVER.has(lower(words[at]))) at += 1;
  if (words[at] === "(") {
    // A nested query: the first table is inside it.
    while (words[at] === "(" && words[at + 1] !== undefined) at += 1;
    if (BEGINS_QUERY.has(lower(words[at]))) return findInner(query, at, depth);
    if (lower(words[at]) === "values") return NONE;
  }
  const isQualified = words[at + 1] === ".";
  // `schema.table`, `database.schema.table`.
  while (words[at + 1] === "." && words[at + 2] !== undefined) at += 2;
  // A function that returns rows is not a table.
  if (before === "from" && words[at + 1] === "(") return NONE;
  const name = nameOf(words[at]);
  const cte = isQualified ? undefined : query.ctes.get(name);
  if (cte === undefined) return name;
  return cte < 0 ? NONE : findInner(query, cte, depth);
}

function findInner(query: Words, at: number, depth: number): string {
  const ctes = new Map(query.ctes);
  // A recursive query names itself, but only after its first part.
  for (const [name, begin] of ctes) if (begin === at) ctes.set(name, -1);
  return findTable({ ...query, ctes }, at, lower(query.words[at]), depth + 1);
}

/**
 * Finds the position of the keyword before the table, outside the parentheses of functions and nested queries, and the
 * position at which the first nested query begins.
 */
function findBefore(words: readonly string[], verbAt: number, before: string): { at: number; inner: number } {
  let depth = 0;
  let inner = -1;
  for (let at = verbAt; at < words.length; at += 1) {
    const word = lower(words[at]);
    if (word === "(") {
      depth += 1;
      if (inner < 0 && BEGINS_QUERY.has(lower(words[at + 1])) && words[at + 1] !== "(") inner = at + 1;
    } else if (word === ")") {
      depth -= 1;
      // The query itself was in parentheses, so the next word belongs to another query.
      if (depth < 0 && before !== "from") break;
    } else if (word === ";") break;
    else if (word === before && depth <= 0 && !isOperator(words, at)) return { at, inner };
  }
  return { at: -1, inner };
}

/** Returns true for a `from` that is not a clause: `IS DISTINCT FROM` compares; `t.from` is a column. */
function isOperator(words: readonly string[], at: number): boolean {
  if (words[at - 1] === ".") return true;
  return lower(words[at - 1]) === "distinct" && ["is", "not"].includes(lower(words[at - 2]));
}

function lower(word: string | undefined): string {
  return (word ?? "").toLowerCase();
}

function nameOf(word: string | undefined): string {
  if (word === undefined || /^[(),.;]/.test(word)) return NONE;
  const isQuoted = /^["`[]/.test(word);
  const name = isQuoted ? word.slice(1, -1) : word.toLowerCase();
  // A copy: V8 would keep the whole text for a part of it.
  return PLAIN_NAME.test(name) ? Buffer.from(name, "latin1").toString("latin1") : OTHER_VALUE;
}

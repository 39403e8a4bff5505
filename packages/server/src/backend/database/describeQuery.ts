import { NONE, OTHER_VALUE } from "../../metrics/labelValues.ts";

/** What a query's labels say of it. */
export interface QueryKind {
  /** One of `OPERATIONS`, or `other`. */
  readonly operation: string;
  /** The first table that it reads or writes, without its schema; `none`, or `other` for a name that is no plain one. */
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

/** Verbs that may follow `WITH … AS (…)`: what the query does. */
const AFTER_WITH: ReadonlySet<string> = new Set(["select", "insert", "update", "delete", "merge"]);

/** The word that the table follows, by verb; the others have no table that is worth a label. */
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

/** Words that may stand between that word and the table. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  "only",
  "table",
  "or",
  "ignore",
  "low_priority",
  "lateral",
]);

/** Characters that are read: the table is near the start, and a query may have megabytes of values. */
const MAX_READ = 4_000;

/** A name that can be a label: what no user has written. PostgreSQL cuts names at 63 characters. */
const PLAIN_NAME = /^[A-Za-z_][\w$]{0,62}$/;

/**
 * One token. Every alternative is linear: comments, strings and dollar quotes are passed over whole, so that
 * nothing within them is taken for a word. What MySQL alone takes for one counts as one: a string in double quotes
 * with its backslashes, and a line that begins with `#`.
 */
const TOKEN =
  /--[^\n]*|(?<=^|\n)#[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\]|''|\\[^])*'|\$\$[^]*?\$\$|"(?:[^"\\]|""|\\[^])*"|`[^`]*`|\[\w[^\]]*\]|[A-Za-z_][\w$]*|[(),.;]|[^]/gy;

/** What cannot be read to its end: the rest may be a value. */
const OPEN_QUOTE: ReadonlySet<string> = new Set(["'", '"', "`", "$"]);

/** Says what a query does and to which table, never what is in it. Takes a few microseconds: to be remembered. */
export function describeQuery(sql: string): QueryKind {
  const words = readWords(sql.slice(0, MAX_READ));
  const [first = ""] = words.filter((word) => word !== "(");
  const isWith = first.toLowerCase() === "with";
  const verbAt = isWith ? findAfterWith(words) : words.indexOf(first);
  const verb = (words[verbAt] ?? "").toLowerCase();
  // MySQL and PostgreSQL say the same in two ways.
  const operation = verb === "start" ? "begin" : verb === "end" ? "commit" : verb;
  if (!OPERATIONS.has(operation)) return { operation: OTHER_VALUE, table: NONE };
  return { operation, table: findTable(words, verbAt, BEFORE_TABLE[operation]) };
}

/** The tokens that matter: names as they are written, quoted ones with their quotes, and punctuation. */
function readWords(sql: string): string[] {
  const words: string[] = [];
  for (const [token] of sql.matchAll(TOKEN)) {
    if (OPEN_QUOTE.has(token)) break;
    if (/^(?:[A-Za-z_"`(),.;]|\[\w)/.test(token)) words.push(token);
  }
  return words;
}

/** Where the verb stands that is in no parentheses. */
function findAfterWith(words: readonly string[]): number {
  let depth = 0;
  return words.findIndex((word) => {
    if (word === "(") depth += 1;
    else if (word === ")") depth -= 1;
    return depth === 0 && AFTER_WITH.has(word.toLowerCase());
  });
}

function findTable(words: readonly string[], verbAt: number, before: string | undefined): string {
  if (before === undefined) return NONE;
  let at = words.findIndex((word, index) => index >= verbAt && word.toLowerCase() === before) + 1;
  if (at === 0) return NONE;
  // A query within a query: its own table is the first that is read.
  if (words[at] === "(") {
    const inner = words.findIndex((word, index) => index > at && word.toLowerCase() === "from");
    if (inner < 0) return NONE;
    at = inner + 1;
  }
  while (PASSED_OVER.has((words[at] ?? "").toLowerCase())) at += 1;
  // `schema.table`, `database.schema.table`.
  while (words[at + 1] === "." && words[at + 2] !== undefined) at += 2;
  return nameOf(words[at]);
}

function nameOf(word: string | undefined): string {
  if (word === undefined || /^[(),.;]/.test(word)) return NONE;
  const isQuoted = /^["`[]/.test(word);
  const name = isQuoted ? word.slice(1, -1) : word.toLowerCase();
  return PLAIN_NAME.test(name) ? name : OTHER_VALUE;
}

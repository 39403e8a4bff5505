import type { Alert } from "../alerts/alert.ts";
import type { MatcherText } from "./noticeOptions.ts";

/** A test of the labels of an alert. */
export type MatchesAlert = (alert: Alert) => boolean;

/** Maximum characters of a matcher, so that a hostile one is cheap to refuse. */
const MAX_LENGTH = 1_000;

const FORM = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/** The value of a label; `alertname` is the alert's name. A label that an alert lacks is empty, as in Prometheus. */
export function labelOf(alert: Alert, label: string): string {
  if (label === "alertname") return alert.name;
  return Object.hasOwn(alert.labels, label) ? alert.labels[label]! : "";
}

/** Returns a test that is true for alerts that all matchers match. Throws an `Error` that explains the first faulty one. */
export function readMatchers(texts: readonly MatcherText[]): MatchesAlert {
  const tests = texts.map(readMatcher);
  return (alert) => tests.every((matches) => matches(alert));
}

/** Returns the fault of a matcher, as the rest of a sentence; undefined if it has none. */
export function faultOfMatcher(text: string): string | undefined {
  try {
    readMatcher(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function readMatcher(text: MatcherText): MatchesAlert {
  const [, label, operator, written] = (text.length <= MAX_LENGTH && FORM.exec(text)) || [];
  if (label === undefined || written === undefined) {
    throw new Error('must be a matcher of a label, e.g. "severity=critical" or \'route=~"/cart|/checkout"\'');
  }
  const value = unquote(written);
  const isExpression = operator!.endsWith("~");
  const matches = isExpression ? readExpression(value) : (found: string) => found === value;
  const isNegated = operator!.startsWith("!");
  return (alert) => matches(labelOf(alert, label)) !== isNegated;
}

function unquote(written: string): string {
  if (!written.startsWith('"')) {
    if (!written.includes('"')) return written;
    throw new Error("has a quote within its value: put the whole value into quotes");
  }
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(written)) throw new Error("has a value whose quotes do not close");
  return written.slice(1, -1).replaceAll(/\\(.)/gs, (_, letter: string) => {
    if (letter === "n") return "\n";
    // A backslash before another letter belongs to the expression: `\.` is a dot.
    return letter === '"' || letter === "\\" ? letter : `\\${letter}`;
  });
}

/** Characters with a meaning in Prometheus' expressions. Of those, only `|` and `.*` are supported. */
const SPECIAL = /[.*+?()[\]{}^$|\\]/;

/**
 * Reads alternatives of literals and `.*`, `.+`, which match the whole value. Other expressions are refused: the time of a
 * match must not grow faster than the length of the value, whatever is configured.
 */
function readExpression(source: string): (value: string) => boolean {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(source.replace(/^\^/, "").replace(/\$$/, ""))?.[1];
  const alternatives = splitAlternatives(inner ?? source.replace(/^\^/, "").replace(/\$$/, "")).map(readGlob);
  return (value) => alternatives.some((parts) => matchesGlob(parts, value));
}

function splitAlternatives(source: string): string[] {
  // Pieces are `|`, an escaped character, or any other one.
  const alternatives = [""];
  for (const piece of source.match(/\\.|./gs) ?? []) {
    if (piece === "|") alternatives.push("");
    else alternatives[alternatives.length - 1] += piece;
  }
  return alternatives;
}

/** Literals, with a gap of any length between two of them. */
interface Glob {
  readonly literals: readonly string[];
  /** The least characters of each gap: 1 for each `.+`. */
  readonly gaps: readonly number[];
}

function readGlob(source: string): Glob {
  const literals = [""];
  const gaps: number[] = [];
  for (let at = 0; at < source.length; at += 1) {
    const pair = source.slice(at, at + 2);
    if (pair === ".*" || pair === ".+") {
      const least = pair === ".+" ? 1 : 0;
      if (literals.length > 1 && literals.at(-1) === "") gaps[gaps.length - 1]! += least;
      else {
        gaps.push(least);
        literals.push("");
      }
      at += 1;
    } else if (source[at] === "\\" && SPECIAL.test(source[at + 1] ?? "")) {
      at += 1;
      literals[literals.length - 1] += source[at]!;
    } else if (SPECIAL.test(source[at]!)) {
      throw new Error(
        `has "${source[at]!}" in its expression: only literals, "|", ".*" and ".+" are supported. For the character itself write "\\${source[at]!}"`,
      );
    } else literals[literals.length - 1] += source[at]!;
  }
  return { literals, gaps };
}

/** Takes each literal at its first place: that leaves the most for the rest, so nothing is tried twice. */
function matchesGlob({ literals, gaps }: Glob, value: string): boolean {
  const [first = "", ...rest] = literals;
  if (rest.length === 0) return value === first;
  if (!value.startsWith(first)) return false;
  const last = rest.pop()!;
  let at = first.length;
  for (const [index, literal] of rest.entries()) {
    const found = value.indexOf(literal, at + gaps[index]!);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return value.length - last.length >= at + gaps.at(-1)! && value.endsWith(last);
}
